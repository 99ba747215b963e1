// See synthetic.h.
#include "addon/synthetic.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <thread>

namespace segue {

namespace {

using Options = std::map<std::string, std::string>;

std::atomic<bool> areHangsReleased{false};

Options parse(const char* path) {
  Options options;
  std::istringstream words(path + sizeof kSyntheticPrefix - 1);
  for (std::string word; std::getline(words, word, ',');) {
    const std::size_t equals = word.find('=');
    options[word.substr(0, equals)] = equals == std::string::npos ? "" : word.substr(equals + 1);
  }
  return options;
}

std::int64_t number(const Options& options, const char* name, std::int64_t otherwise) {
  const auto found = options.find(name);
  return found == options.end() ? otherwise : std::strtoll(found->second.c_str(), nullptr, 10);
}

class SyntheticSource final : public Source {
 public:
  explicit SyntheticSource(const Options& options)
      : frames_(number(options, "frames", 0)),
        real_(std::min(frames_, number(options, "real", frames_))),
        stall_(number(options, "stall", kNever)),
        breaks_(number(options, "breaks", kNever)),
        hang_(number(options, "hang", kNever)),
        slowMs_(number(options, "slow", 0)),
        hasValue_(options.contains("value")),
        value_(hasValue_ ? static_cast<float>(std::strtod(options.at("value").c_str(), nullptr)) : 0.0F),
        code_(std::ldexp(1.0F, -static_cast<int>(1 + number(options, "code", 0) % 20))) {}

  [[nodiscard]] SourceInfo info() const override { return {.lengthFrames = frames_, .exactLength = true}; }

  std::int64_t read(float* out, std::int64_t frames) override {
    if (slowMs_ > 0) std::this_thread::sleep_for(std::chrono::milliseconds(slowMs_));
    if (at_ <= stall_ && stall_ < at_ + frames) {
      while (!isInterrupted_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      return -1;
    }
    if (at_ <= hang_ && hang_ < at_ + frames) {
      while (!areHangsReleased) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      return -1;
    }
    if (at_ >= breaks_) return -1;
    const std::int64_t count = std::clamp<std::int64_t>(std::min(real_, breaks_) - at_, 0, frames);
    for (std::int64_t i = 0; i < count; ++i) {
      constexpr std::int64_t kMask = (1 << 22) - 1;
      out[2 * i] = hasValue_ ? value_ : code_;
      out[2 * i + 1] =
          hasValue_ ? value_ : static_cast<float>((at_ + i) & kMask) / static_cast<float>(1 << 23);
    }
    at_ += count;
    return count;
  }

  bool seek(std::int64_t frame) override {
    at_ = frame;
    return true;
  }
  [[nodiscard]] std::uint64_t concealed() const override { return 0; }
  [[nodiscard]] std::string message() const override {
    return "The synthetic source broke, as it was told to.";
  }
  void interrupt() override { isInterrupted_ = true; }

 private:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  const std::int64_t frames_;
  const std::int64_t real_;
  const std::int64_t stall_;
  const std::int64_t breaks_;
  const std::int64_t hang_;
  const std::int64_t slowMs_;
  const bool hasValue_;
  const float value_;
  const float code_;
  std::int64_t at_ = 0;
  std::atomic<bool> isInterrupted_{false};
};

}  // namespace

OpenResult openSynthetic(const char* path, int) {
  const Options options = parse(path);
  const auto open = options.find("open");
  if (open != options.end() && open->second == "missing") {
    return {.source = nullptr, .error = SourceError::notFound, .message = "The file is not there."};
  }
  if (open != options.end()) {
    return {.source = nullptr, .error = SourceError::notAudio, .message = "The file is not audio."};
  }
  return {.source = std::make_unique<SyntheticSource>(options), .error = SourceError::none, .message = ""};
}

void releaseSyntheticHangs() { areHangsReleased = true; }

}  // namespace segue
