// An audio file as stereo float at its own rate, gapless-trimmed, every frame at its place: demux, decode, trim, conceal,
// seek. Run by one decoder thread (or a tool's); interrupt() from any. Never resamples.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "decode/flac_deep.h"
#include "decode/input.h"
#include "decode/mp3_index.h"
#include "decode/trim.h"

namespace segue {

class PcmReader {
 public:
  // Blocks; decodes the first frame, so that what opens is known to sound.
  [[nodiscard]] InputFailure open(const char* path);

  int rateHz() const { return rate_; }
  // Frames of music at rateHz(); empty until the end was reached where the container does not say.
  std::optional<std::int64_t> length() const { return trim_.length; }
  // A guess where length() is empty.
  std::int64_t estimatedLength() const;
  std::int64_t position() const { return position_; }

  // Up to `frames` stereo frames; 0 at the end, negative when it broke beyond repair.
  std::int64_t read(float* interleaved, std::int64_t frames);
  // The next read begins at `frame`, exactly (lossless: with the same samples as a decode from the start).
  bool seek(std::int64_t frame);

  std::uint64_t concealed() const { return concealed_; }
  const std::string& message() const { return message_; }
  const Input& input() const { return *input_; }
  // From any thread: blocked calls give up soon, and this reader is over.
  void interrupt() { isInterrupted_.store(true, std::memory_order_relaxed); }

 private:
  // How the raw position of a packet is known after a seek.
  enum class Placing : std::uint8_t {
    byTimestamp,  // the container's timestamps are exact to the sample
    byMp3Index,   // frames are counted from an index of our own
    byDecoding,   // neither: always from the start
  };
  enum class Step : std::uint8_t { gotFrames, end, broken };

  static Placing placingOf(const Input& input);
  Step decodeMore();
  Step feedDecoder();
  void decodeDeep();
  void acceptFrame(const AVFrame& frame);
  // Decides where the first decoded frame lies; returns the frames lost before it.
  std::int64_t place(const AVFrame& frame);
  std::int64_t gapBefore(const AVFrame& frame);
  void concealPacket(const AVPacket& packet);
  void appendSilence(std::int64_t frames);
  std::int64_t rawOf(std::int64_t timestamp) const;
  std::int64_t samplesOfPacket(const AVPacket& packet) const;
  bool restart(std::int64_t rawTarget);
  bool restartFromBeginning();
  bool restartByTimestamp(std::int64_t rawTarget);
  bool restartByIndex(std::int64_t rawTarget);
  void forgetBuffered();
  void forgetState(bool isFromBeginning);
  bool discardUntil(std::int64_t frame);

  std::atomic<bool> isInterrupted_{false};  // outlives input_ (destroyed in reverse order)
  std::unique_ptr<Input> input_;
  std::unique_ptr<Mp3Index> index_;
  // Decodes instead of libav where libav cannot.
  std::unique_ptr<FlacDeep> deep_;
  libav::Packet packet_;
  libav::Frame frame_;
  Trim trim_;
  Placing placing_ = Placing::byTimestamp;
  int rate_ = 0;
  std::int64_t firstRaw_ = 0;
  // Raw position of the next decoded frame, once isPlaced_.
  std::int64_t nextRaw_ = 0;
  bool isPlaced_ = false;
  // Decoding from the first packet (not after a seek): broken packets before the first good one count as well.
  bool isFromBeginning_ = true;
  std::int64_t packetsBeforePlaced_ = 0;
  std::optional<std::int64_t> firstTimestamp_;
  // Frames that broken packets should have held: inserted only when music follows, so that a cut file ends early.
  std::int64_t pendingSilence_ = 0;
  std::uint64_t pendingConcealed_ = 0;
  std::int64_t lastFrameSamples_ = 0;
  bool isDraining_ = false;
  bool isAtEnd_ = false;
  bool isPreRolling_ = false;
  int consecutiveErrors_ = 0;
  // Decoded stereo not yet handed out, from bufferedFrom_ (in floats).
  std::vector<float> buffered_;
  std::size_t bufferedFrom_ = 0;
  // Trimmed position of the next frame read() returns.
  std::int64_t position_ = 0;
  std::uint64_t concealed_ = 0;
  std::string message_;
};

}  // namespace segue
