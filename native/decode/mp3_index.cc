// The index of an MP3's frames: one byte position every 32 frames (11 KB an hour), or a multiplication.
#include "decode/mp3_index.h"

#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <list>
#include <mutex>

#include "decode/bytes.h"
#include "decode/trim.h"

namespace segue {
namespace {

struct FrameHeader {
  int bitRate = 0;
  int sampleRate = 0;
  int samples = 0;
  bool isPadded = false;
  double bytes() const { return samples / 8.0 * bitRate / sampleRate; }
  std::int64_t wholeBytes() const { return std::int64_t{samples / 8} * bitRate / sampleRate + (isPadded ? 1 : 0); }
};

// ISO/IEC 11172-3 and 13818-3, layer III; version 2.5 halves the rates once more.
std::optional<FrameHeader> parseHeader(const std::uint8_t* p) {
  static constexpr int kKilobits[2][15] = {{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
                                           {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}};
  static constexpr int kRates[3] = {44100, 48000, 32000};
  const int version = (p[1] >> 3) & 3, bitRate = p[2] >> 4, rate = (p[2] >> 2) & 3;
  const bool isLayer3 = p[0] == 0xff && (p[1] & 0xe0) == 0xe0 && ((p[1] >> 1) & 3) == 1;
  if (!isLayer3 || version == 1 || bitRate == 0 || bitRate == 15 || rate == 3) return std::nullopt;
  const bool isFirst = version == 3;
  return FrameHeader{1000 * kKilobits[isFirst ? 0 : 1][bitRate], kRates[rate] >> (isFirst ? 0 : version == 2 ? 1 : 2),
                     isFirst ? 1152 : 576, (p[2] & 2) != 0};
}

// The indexes of the files used last: one that is sought is opened again and again.
struct Kept {
  std::string identity;
  std::vector<std::int64_t> entries;
};
constexpr std::size_t kMostKept = 4;
std::mutex keptMutex;
std::list<Kept> kept;  // the newest first

std::string identityOf(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return {};
  return path + '\n' + std::to_string(status.st_size) + ' ' + std::to_string(status.st_mtim.tv_sec) + ' ' +
         std::to_string(status.st_mtim.tv_nsec);
}

// Constant when the encoder says so and the sizes it wrote agree to within two frames: one frame of another size among
// them would not show, so every position is checked again where it is used.
double findConstantFrameBytes(const char* path, std::int64_t firstPosition) {
  const std::optional<LameTag> tag = readLameTag(path);
  const std::vector<std::uint8_t> head = FileBytes(path).at(firstPosition, 4);
  if (!tag || !tag->isConstantBitrate || tag->frames <= 0 || tag->bytes <= 0 || head.size() < 4) return 0;
  const std::optional<FrameHeader> header = parseHeader(head.data());
  if (!header) return 0;
  const double perFrame = header->bytes();
  const double stated = static_cast<double>(tag->bytes) / static_cast<double>(tag->frames);
  return std::fabs(stated - perFrame) * static_cast<double>(tag->frames) <= 2 * perFrame ? perFrame : 0;
}

}  // namespace

Mp3Index::Mp3Index(std::string path) : path_(std::move(path)), identity_(identityOf(path_)) {
  const std::lock_guard lock(keptMutex);
  for (const Kept& each : kept)
    if (each.identity == identity_) entries_ = each.entries;
}

Mp3Index::~Mp3Index() {
  if (identity_.empty() || entries_.size() < 2) return;
  const std::lock_guard lock(keptMutex);
  const auto before = std::find_if(kept.begin(), kept.end(), [this](const Kept& each) { return each.identity == identity_; });
  if (before != kept.end()) {
    if (before->entries.size() > entries_.size()) entries_.swap(before->entries);
    kept.erase(before);
  }
  kept.push_front({std::move(identity_), std::move(entries_)});
  if (kept.size() > kMostKept) kept.pop_back();
}

void Mp3Index::note(std::int64_t ordinal, std::int64_t bytePosition) {
  if (ordinal == static_cast<std::int64_t>(entries_.size()) * kFramesPerEntry && bytePosition >= 0)
    entries_.push_back(bytePosition);
}

// Padding keeps every frame within a byte of its ideal place: a header there, of the same rates, is that frame.
std::optional<Mp3Index::Place> Mp3Index::compute(std::int64_t ordinal) {
  if (!constantFrameBytes_) constantFrameBytes_ = findConstantFrameBytes(path_.c_str(), entries_.front());
  if (*constantFrameBytes_ <= 0) return std::nullopt;
  const std::int64_t ideal = entries_.front() + std::llround(static_cast<double>(ordinal) * *constantFrameBytes_);
  constexpr std::int64_t kReach = 2;
  const std::vector<std::uint8_t> bytes = FileBytes(path_.c_str()).at(ideal - kReach, 4096);
  for (std::size_t i = 0; i <= 2 * kReach && i + 4 <= bytes.size(); ++i) {
    const std::optional<FrameHeader> header = parseHeader(&bytes[i]);
    if (!header || std::fabs(header->bytes() - *constantFrameBytes_) > 1e-9) continue;
    const std::size_t next = i + static_cast<std::size_t>(header->bytes()) + ((bytes[i + 2] >> 1) & 1);
    if (next + 4 <= bytes.size() && parseHeader(&bytes[next]))
      return Place{ordinal, ideal - kReach + static_cast<std::int64_t>(i)};
  }
  return std::nullopt;
}

// From header to header, as long as each frame ends where the next of the same kind begins.
void Mp3Index::walk(std::int64_t wantedEntry) {
  constexpr std::int64_t kBlockBytes = 256 * 1024;
  const FileBytes file(path_.c_str());
  std::vector<std::uint8_t> block;
  std::int64_t blockAt = 0, position = entries_.back();
  std::int64_t ordinal = (static_cast<std::int64_t>(entries_.size()) - 1) * kFramesPerEntry;
  int sampleRate = 0;
  while (static_cast<std::int64_t>(entries_.size()) <= wantedEntry) {
    if (position + 4 > blockAt + std::ssize(block) || position < blockAt) {
      block = file.at(position, kBlockBytes);
      blockAt = position;
      if (block.size() < 4) return;
    }
    const std::optional<FrameHeader> header = parseHeader(&block[static_cast<std::size_t>(position - blockAt)]);
    if (!header || (sampleRate != 0 && header->sampleRate != sampleRate)) return;
    sampleRate = header->sampleRate;
    note(ordinal++, position);
    position += header->wholeBytes();
  }
}

std::optional<Mp3Index::Place> Mp3Index::find(Input& input, AVPacket* packet, std::int64_t ordinal) {
  const std::int64_t wanted = std::max<std::int64_t>(0, ordinal) / kFramesPerEntry;
  if (entries_.empty()) return std::nullopt;
  const auto known = [&] { return static_cast<std::int64_t>(entries_.size()) - 1; };
  if (wanted > known()) {
    if (const auto place = compute(ordinal)) return place;
    walk(wanted);
    std::int64_t at = known() * kFramesPerEntry;
    if (wanted > known() && !input.seekByte(entries_.back())) return std::nullopt;
    while (wanted > known()) {
      if (input.readPacket(packet) < 0) break;
      note(at++, packet->pos);
      av_packet_unref(packet);
    }
  }
  const std::int64_t entry = std::min(wanted, known());
  return Place{entry * kFramesPerEntry, entries_[static_cast<std::size_t>(entry)]};
}

}  // namespace segue
