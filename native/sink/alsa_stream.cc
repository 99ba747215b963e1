// See alsa_stream.h.
#include "sink/alsa_stream.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace segue {

namespace {

constexpr unsigned kChannels = 2;
// A card fetches what it plays next some time before: half a millisecond to two, and half the time of a wake-up.
constexpr int kMarginMs = 5;
constexpr int kFirstMs = 20;
// Of a card that only says every period how far it is: the longest period that does not make a skip late.
constexpr snd_pcm_uframes_t kBatchPeriodMs = 20;

// What cannot be taken back must not be far ahead.
constexpr Frame kPlugDivisor = 5;
// So often in a row a card may take nothing though it said it would.
constexpr int kMostFaults = 20;

// The more bits the better; a float has 24 of them.
constexpr std::pair<snd_pcm_format_t, SampleFormat> kFormats[] = {{SND_PCM_FORMAT_S32_LE, SampleFormat::s32},
                                                                  {SND_PCM_FORMAT_S24_LE, SampleFormat::s24},
                                                                  {SND_PCM_FORMAT_S24_3LE, SampleFormat::s24packed},
                                                                  {SND_PCM_FORMAT_S16_LE, SampleFormat::s16},
                                                                  {SND_PCM_FORMAT_FLOAT_LE, SampleFormat::f32}};

}  // namespace

AlsaStream::AlsaStream(std::string pcm) : name_(std::move(pcm)), wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

AlsaStream::~AlsaStream() {
  AlsaStream::close();
  ::close(wake_);
}

bool AlsaStream::open(int rate, Frame bufferFrames, std::string& error) {
  isGone_ = false;
  if (openPcm(name_, rate, bufferFrames, error)) return true;
  if (!pcm_) return false;
  // The card does not do what is wanted by itself: ALSA converts, on the way there.
  AlsaStream::close();
  std::string ignored;
  return openPcm("plug" + name_, rate, bufferFrames / kPlugDivisor, ignored);
}

bool AlsaStream::openPcm(const std::string& name, int rate, Frame bufferFrames, std::string& error) {
  const int status = snd_pcm_open(&pcm_, name.c_str(), SND_PCM_STREAM_PLAYBACK, SND_PCM_NONBLOCK);
  if (status < 0) {
    pcm_ = nullptr;
    error = status == -EBUSY ? "another program uses it" : snd_strerror(status);
    return false;
  }
  return setUp(rate, bufferFrames, error);
}

bool AlsaStream::chooseFormat(snd_pcm_hw_params_t* hardware) {
  for (const auto& [theirs, ours] : kFormats) {
    if (snd_pcm_hw_params_set_format(pcm_, hardware, theirs) < 0) continue;
    const int width = ours == SampleFormat::s24 ? 24 : 8 * static_cast<int>(bytesOf(ours));
    const int significant = snd_pcm_hw_params_get_sbits(hardware);
    quantizer_ = Quantizer(ours, significant >= 8 && significant <= width ? significant : width);
    frameBytes_ = kChannels * bytesOf(ours);
    return true;
  }
  return false;
}

// `parameters` all but the sizes, which are asked for as near as the card has them. It is left as it was.
int AlsaStream::apply(const snd_pcm_hw_params_t* parameters, snd_pcm_uframes_t buffer, snd_pcm_uframes_t period) {
  snd_pcm_hw_params_t* sized = nullptr;
  snd_pcm_hw_params_alloca(&sized);
  snd_pcm_hw_params_copy(sized, parameters);
  int direction = 0;
  snd_pcm_hw_params_set_buffer_size_near(pcm_, sized, &buffer);
  snd_pcm_hw_params_set_period_size_near(pcm_, sized, &period, &direction);
  return snd_pcm_hw_params(pcm_, sized);
}

bool AlsaStream::setUp(int rate, Frame bufferFrames, std::string& error) {
  snd_pcm_hw_params_t* hardware = nullptr;
  snd_pcm_hw_params_alloca(&hardware);
  int status = snd_pcm_hw_params_any(pcm_, hardware);
  const bool isStereo = status >= 0 && snd_pcm_hw_params_set_access(pcm_, hardware, SND_PCM_ACCESS_RW_INTERLEAVED) >= 0 &&
                        snd_pcm_hw_params_set_channels(pcm_, hardware, kChannels) >= 0 && chooseFormat(hardware);
  if (!isStereo) {
    error = "it takes no stereo sound in a format that Segue knows";
    return false;
  }
  if (snd_pcm_hw_params_set_rate(pcm_, hardware, static_cast<unsigned>(rate), 0) < 0) {
    error = "it does not play at " + std::to_string(rate) + " Hz";
    return false;
  }
  // Nobody waits for the card's interrupts here, but a coarse one says only then how far it is.
  const snd_pcm_uframes_t bufferWanted = static_cast<snd_pcm_uframes_t>(bufferFrames);
  status = apply(hardware, bufferWanted, bufferWanted / 4);
  const bool isCoarse = status >= 0 && snd_pcm_hw_params_is_batch(hardware) == 1;
  if (isCoarse) {
    snd_pcm_hw_free(pcm_);
    status = apply(hardware, bufferWanted, static_cast<snd_pcm_uframes_t>(rate) * kBatchPeriodMs / 1000);
  }
  snd_pcm_uframes_t buffer = 0;
  snd_pcm_uframes_t period = 0;
  if (status >= 0) status = snd_pcm_get_params(pcm_, &buffer, &period);
  if (status < 0) {
    error = snd_strerror(status);
    return false;
  }
  buffer_ = static_cast<Frame>(buffer);
  capacity_ = std::min(buffer_, bufferFrames);
  first_ = static_cast<Frame>(rate) * kFirstMs / 1000;
  margin_ = static_cast<Frame>(rate) * kMarginMs / 1000 + (isCoarse ? static_cast<Frame>(period) : 0);

  snd_pcm_sw_params_t* software = nullptr;
  snd_pcm_sw_params_alloca(&software);
  snd_pcm_sw_params_current(pcm_, software);
  snd_pcm_sw_params_set_start_threshold(pcm_, software, 1);
  snd_pcm_sw_params_set_stop_threshold(pcm_, software, buffer);
  snd_pcm_sw_params_set_avail_min(pcm_, software, buffer);
  status = snd_pcm_sw_params(pcm_, software);
  if (status < 0) {
    error = snd_strerror(status);
    return false;
  }
  mixed_.assign(kChannels * static_cast<std::size_t>(capacity_), 0.0F);
  converted_.assign(frameBytes_ * static_cast<std::size_t>(capacity_), 0);
  return true;
}

void AlsaStream::close() {
  if (pcm_) snd_pcm_close(pcm_);
  pcm_ = nullptr;
}

bool AlsaStream::serve(int microseconds) {
  pollfd woken{.fd = wake_, .events = POLLIN, .revents = 0};
  const timespec limit{.tv_sec = microseconds / 1'000'000, .tv_nsec = 1000L * (microseconds % 1'000'000)};
  if (ppoll(&woken, 1, &limit, nullptr) > 0) {
    eventfd_t ignored = 0;
    eventfd_read(wake_, &ignored);
  }
  const snd_pcm_sframes_t left = snd_pcm_avail(pcm_);
  return left >= 0 ? !isGone_ : recover(left);
}

void AlsaStream::wake() { eventfd_write(wake_, 1); }

bool AlsaStream::recover(long error) {
  if (error == -EAGAIN || error == -EINTR) return true;
  if (error == -EPIPE) ++underflows_;
  // A card that wakes with its machine goes on; one that cannot begins anew.
  const bool isAwake = error == -ESTRPIPE && snd_pcm_resume(pcm_) >= 0;
  if ((error == -EPIPE || error == -ESTRPIPE) && (isAwake || snd_pcm_prepare(pcm_) >= 0)) return true;
  isGone_ = true;
  return false;
}

Frame AlsaStream::wanted() {
  const snd_pcm_sframes_t free = snd_pcm_avail(pcm_);
  if (free < 0) {
    recover(free);
    return 0;
  }
  return std::max<Frame>(0, capacity_ - (buffer_ - static_cast<Frame>(free)));
}

float* AlsaStream::begin(Frame& frames) {
  frames = std::min(frames, capacity_);
  return mixed_.data();
}

void AlsaStream::write(const float* data, Frame frames) {
  quantizer_.convert(data, kChannels * static_cast<std::size_t>(frames), converted_.data());
  const std::uint8_t* at = converted_.data();
  int faults = 0;
  while (frames > 0 && !isGone_) {
    const snd_pcm_sframes_t written = snd_pcm_writei(pcm_, at, static_cast<snd_pcm_uframes_t>(frames));
    if (written < 0) {
      if (!recover(written) || ++faults > kMostFaults) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      continue;
    }
    at += frameBytes_ * static_cast<std::size_t>(written);
    frames -= static_cast<Frame>(written);
  }
}

Frame AlsaStream::aheadFrames() {
  snd_pcm_sframes_t frames = 0;
  return snd_pcm_delay(pcm_, &frames) < 0 ? 0 : std::max<Frame>(0, static_cast<Frame>(frames));
}

Frame AlsaStream::retractable() {
  // What converts on the way has memory of its own.
  if (snd_pcm_type(pcm_) != SND_PCM_TYPE_HW) return 0;
  return std::max<Frame>(0, static_cast<Frame>(snd_pcm_rewindable(pcm_)) - margin_);
}

Frame AlsaStream::goBack(Frame frames) {
  return std::max<Frame>(0, static_cast<Frame>(snd_pcm_rewind(pcm_, static_cast<snd_pcm_uframes_t>(frames))));
}

int AlsaStream::takeUnderflows() { return std::exchange(underflows_, 0); }

const char* AlsaStream::advice() const {
  return "Check that it is plugged in and has power, and that no other program uses it.";
}

}  // namespace segue
