// MurmurHash3 (Appleby, 128 bits, as libavutil has it) of the packets of the audio stream, one after the other. Nobody chooses
// a file to be taken for another one here: it need not withstand that.
#include "decode/audio_key.h"

#include <array>
#include <atomic>
#include <memory>
#include <string_view>

extern "C" {
#include <libavutil/mem.h>
#include <libavutil/murmur3.h>
}

namespace segue {
namespace {

constexpr std::size_t kDigestBytes = 16;

struct FreeHash {
  void operator()(AVMurMur3* p) const { av_free(p); }
};

}  // namespace

AudioKey audioKeyOf(const char* path) {
  const std::atomic<bool> isInterrupted{false};
  Input input(isInterrupted);
  if (InputFailure failure = input.open(path); failure.error != SourceError::none) return {std::move(failure), {}};
  const std::unique_ptr<AVMurMur3, FreeHash> hash(av_murmur3_alloc());
  const libav::Packet packet(av_packet_alloc());
  if (!hash || !packet) return {{SourceError::unreadable, "There is no memory left."}, {}};
  av_murmur3_init(hash.get());
  int code = 0;
  while ((code = input.readPacket(packet.get())) == 0) {
    av_murmur3_update(hash.get(), packet->data, static_cast<std::size_t>(packet->size));
    av_packet_unref(packet.get());
  }
  if (code != AVERROR_EOF) return {{SourceError::unreadable, std::string("The file cannot be read to its end: ") + path + "."}, {}};
  std::array<std::uint8_t, kDigestBytes> digest{};
  av_murmur3_final(hash.get(), digest.data());
  constexpr std::string_view kDigits = "0123456789abcdef";
  AudioKey key;
  for (const std::uint8_t byte : digest) {
    key.digits += kDigits[byte >> 4U];
    key.digits += kDigits[byte & 15U];
  }
  return key;
}

}  // namespace segue
