// A sound card without a sound server in between: the kernel's own buffer through ALSA, opened in the card's own sample
// format, half a second deep where the card can, and rewound when something is to be heard at once.
#pragma once
#include <alsa/asoundlib.h>

#include <string>
#include <vector>

#include "sink/ahead_stream.h"
#include "sink/quantizer.h"

namespace segue {

class AlsaStream final : public AheadStream {
 public:
  // `pcm`: as ALSA names it, "hw:0,0".
  explicit AlsaStream(std::string pcm);
  ~AlsaStream() override;
  AlsaStream(const AlsaStream&) = delete;
  AlsaStream& operator=(const AlsaStream&) = delete;

  bool open(int rate, Frame bufferFrames, std::string& error) override;
  [[nodiscard]] bool isOpen() const override { return pcm_ != nullptr; }
  void close() override;
  [[nodiscard]] Frame capacityFrames() const override { return capacity_; }
  bool serve(int microseconds) override;
  void wake() override;
  [[nodiscard]] Frame wanted() override;
  float* begin(Frame& frames) override;
  void write(const float* data, Frame frames) override;
  void askPosition() override { snd_pcm_hwsync(pcm_); }
  [[nodiscard]] bool hasPosition() const override { return true; }
  [[nodiscard]] Frame aheadFrames() override;
  [[nodiscard]] Frame retractable() override;
  Frame goBack(Frame frames) override;
  [[nodiscard]] Frame firstFrames() const override { return first_; }
  int takeUnderflows() override;
  [[nodiscard]] const char* advice() const override;

 private:
  bool openPcm(const std::string& name, int rate, Frame bufferFrames, std::string& error);
  bool setUp(int rate, Frame bufferFrames, std::string& error);
  int apply(const snd_pcm_hw_params_t* parameters, snd_pcm_uframes_t buffer, snd_pcm_uframes_t period);
  bool chooseFormat(snd_pcm_hw_params_t* hardware);
  // After the card ran dry, or slept. False: it has gone.
  bool recover(long error);

  const std::string name_;
  snd_pcm_t* pcm_ = nullptr;
  int wake_ = -1;
  Frame buffer_ = 0;
  Frame capacity_ = 0;
  // What the card may have taken already though it does not say so.
  Frame margin_ = 0;
  Frame first_ = 0;
  Quantizer quantizer_;
  std::size_t frameBytes_ = 0;
  std::vector<float> mixed_;
  std::vector<std::uint8_t> converted_;
  int underflows_ = 0;
  bool isGone_ = false;
};

}  // namespace segue
