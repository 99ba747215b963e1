// One generic encoder: what differs between codecs stands in one table.
#include "decode/encode.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace segue {
namespace {

struct Encoding {
  const char* name;
  const char* encoder;
  const char* muxer;
  AVSampleFormat format;
  std::int64_t bitRate;  // 0: lossless
  int bitsPerSample;     // integers narrower than their format
  bool takesCoverStream;
  bool isOgg;
};

constexpr Encoding kEncodings[] = {
    {"flac", "flac", "flac", AV_SAMPLE_FMT_S16, 0, 16, true, false},
    {"flac24", "flac", "flac", AV_SAMPLE_FMT_S32, 0, 24, true, false},
    {"mp3", "libmp3lame", "mp3", AV_SAMPLE_FMT_FLTP, 192000, 0, true, false},
    {"opus", "libopus", "ogg", AV_SAMPLE_FMT_FLT, 128000, 0, false, true},
    {"vorbis", "libvorbis", "ogg", AV_SAMPLE_FMT_FLTP, 160000, 0, false, true},
    {"aac", "aac", "ipod", AV_SAMPLE_FMT_FLTP, 160000, 0, true, false},
    {"alac", "alac", "ipod", AV_SAMPLE_FMT_S16P, 0, 16, true, false},
    {"alac24", "alac", "ipod", AV_SAMPLE_FMT_S32P, 0, 24, true, false},
    {"wavpack", "wavpack", "wv", AV_SAMPLE_FMT_S16P, 0, 16, false, false},
    {"wavpack24", "wavpack", "wv", AV_SAMPLE_FMT_S32P, 0, 24, false, false},
    {"wavpack32f", "wavpack", "wv", AV_SAMPLE_FMT_FLTP, 0, 0, false, false},
    {"aiff", "pcm_s16be", "aiff", AV_SAMPLE_FMT_S16, 0, 16, false, false},
    {"wav16", "pcm_s16le", "wav", AV_SAMPLE_FMT_S16, 0, 16, false, false},
    {"wav24", "pcm_s24le", "wav", AV_SAMPLE_FMT_S32, 0, 24, false, false},
    {"wav32f", "pcm_f32le", "wav", AV_SAMPLE_FMT_FLT, 0, 0, false, false},
};
constexpr int kOpusRateHz = 48000;
constexpr std::int64_t kBlockFrames = 4096;

InputFailure unsupported(std::string message) { return {SourceError::unsupported, std::move(message)}; }

struct CloseOutput {
  void operator()(AVFormatContext* p) const {
    if (p->pb) avio_closep(&p->pb);
    avformat_free_context(p);
  }
};
using Output = std::unique_ptr<AVFormatContext, CloseOutput>;

// Integers: to the nearest, clipped at full scale, so that what was decoded from `bits` bits comes back as it was.
template <typename T>
T quantize(float sample, int bits, int shift) {
  const double scale = std::ldexp(1.0, bits - 1);
  const double value = std::clamp(std::nearbyint(static_cast<double>(sample) * scale), -scale, scale - 1);
  return static_cast<T>(static_cast<std::int64_t>(value) * (std::int64_t{1} << shift));
}

void fillFrame(AVFrame& frame, const Encoding& encoding, const float* from) {
  const bool isPlanar = av_sample_fmt_is_planar(encoding.format) != 0;
  for (int c = 0; c < 2; ++c) {
    std::uint8_t* plane = frame.extended_data[isPlanar ? c : 0];
    for (int i = 0; i < frame.nb_samples; ++i) {
      const float sample = from[2 * i + c];
      const int at = isPlanar ? i : 2 * i + c;
      switch (av_get_packed_sample_fmt(encoding.format)) {
        case AV_SAMPLE_FMT_S16:
          reinterpret_cast<std::int16_t*>(plane)[at] = quantize<std::int16_t>(sample, 16, 0);
          break;
        case AV_SAMPLE_FMT_S32:
          reinterpret_cast<std::int32_t*>(plane)[at] =
              quantize<std::int32_t>(sample, encoding.bitsPerSample, 32 - encoding.bitsPerSample);
          break;
        default:
          reinterpret_cast<float*>(plane)[at] = sample;
      }
    }
  }
}

class Encoder {
 public:
  explicit Encoder(const EncodeJob& job) : job_(job) {}

  EncodeResult run() {
    const auto* end = std::end(kEncodings);
    encoding_ = std::find_if(std::begin(kEncodings), end, [&](const Encoding& e) { return job_.codec == e.name; });
    if (encoding_ == end) return {0, unsupported("There is no encoding called " + job_.codec + ".")};
    if (std::strcmp(encoding_->name, "opus") == 0 && job_.rateHz != kOpusRateHz)
      return {0, unsupported("Opus is written at 48000 Hz only; give the samples at that rate.")};
    if (job_.rateHz < 8000 || job_.rateHz > 384000) return {0, unsupported("The sample rate must be 8000 to 384000 Hz.")};
    if (InputFailure bad = prepare(); bad.error != SourceError::none) return {0, bad};
    if (!write()) return {0, {SourceError::unreadable, "Writing failed: " + job_.path + ". Is the disk full?"}};
    output_.reset();
    struct stat status {};
    if (stat(job_.path.c_str(), &status) != 0)
      return {0, {SourceError::unreadable, "The written file is not there: " + job_.path + "."}};
    return {status.st_size, {}};
  }

 private:
  InputFailure prepare() {
    const AVCodec* codec = avcodec_find_encoder_by_name(encoding_->encoder);
    if (!codec) return unsupported(std::string("This build of FFmpeg has no encoder ") + encoding_->encoder + ".");
    AVFormatContext* raw = nullptr;
    if (avformat_alloc_output_context2(&raw, nullptr, encoding_->muxer, job_.path.c_str()) < 0)
      return unsupported(std::string("This build of FFmpeg cannot write ") + encoding_->muxer + ".");
    output_.reset(raw);
    codec_.reset(avcodec_alloc_context3(codec));
    codec_->sample_fmt = encoding_->format;
    codec_->sample_rate = job_.rateHz;
    codec_->bit_rate = job_.bitRate > 0 ? job_.bitRate : encoding_->bitRate;
    codec_->time_base = {1, job_.rateHz};
    codec_->thread_count = 1;
    if (encoding_->bitsPerSample) codec_->bits_per_raw_sample = encoding_->bitsPerSample;
    av_channel_layout_default(&codec_->ch_layout, 2);
    // The same input gives the same file: no encoder version, date or random serial in it.
    codec_->flags |= AV_CODEC_FLAG_BITEXACT;
    raw->flags |= AVFMT_FLAG_BITEXACT;
    if (raw->oformat->flags & AVFMT_GLOBALHEADER) codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    // Noise that AAC's decoder makes up itself would be another one after every seek.
    AVDictionary* settings = nullptr;
    if (codec->id == AV_CODEC_ID_AAC) av_dict_set(&settings, "aac_pns", "0", 0);
    const bool isReady = avcodec_open2(codec_.get(), codec, &settings) >= 0;
    av_dict_free(&settings);
    if (!isReady)
      return unsupported("The encoder " + job_.codec + " refuses " + std::to_string(job_.rateHz) + " Hz.");
    stream_ = avformat_new_stream(raw, nullptr);
    if (!stream_ || avcodec_parameters_from_context(stream_->codecpar, codec_.get()) < 0)
      return unsupported("The encoder " + job_.codec + " cannot be set up.");
    stream_->time_base = codec_->time_base;
    addTags();
    if (InputFailure bad = addCover(); bad.error != SourceError::none) return bad;
    AVDictionary* options = nullptr;
    av_dict_set(&options, "id3v2_version", "3", 0);
    if (std::strcmp(encoding_->muxer, "aiff") == 0) av_dict_set(&options, "write_id3v2", "1", 0);
    const bool isOpen = avio_open(&raw->pb, ("file:" + job_.path).c_str(), AVIO_FLAG_WRITE) >= 0;
    const bool isBegun = isOpen && avformat_write_header(raw, &options) >= 0;
    av_dict_free(&options);
    if (!isOpen) return {SourceError::unreadable, "The file cannot be written: " + job_.path + ". Check the folder."};
    if (!isBegun) return unsupported("The container of " + job_.codec + " refuses this audio.");
    return {};
  }

  void addTags() {
    // Ogg keeps its comments on the stream, everything else on the file.
    AVDictionary** to = encoding_->isOgg ? &stream_->metadata : &output_->metadata;
    for (const auto& [key, value] : job_.tags) av_dict_set(to, key.c_str(), value.c_str(), 0);
  }

  InputFailure addCover() {
    if (job_.cover.empty()) return {};
    const Picture picture = inspectPicture(job_.cover);
    if (picture.codec == AV_CODEC_ID_NONE) return unsupported("The cover is neither a PNG nor a JPEG.");
    if (encoding_->isOgg) {
      av_dict_set(&stream_->metadata, "METADATA_BLOCK_PICTURE", pictureBlock(picture, job_.cover).c_str(), 0);
      return {};
    }
    if (!encoding_->takesCoverStream) return {};
    coverStream_ = avformat_new_stream(output_.get(), nullptr);
    if (!coverStream_) return unsupported("The cover cannot be attached.");
    coverStream_->codecpar->codec_type = AVMEDIA_TYPE_VIDEO;
    coverStream_->codecpar->codec_id = picture.codec;
    coverStream_->codecpar->width = picture.width;
    coverStream_->codecpar->height = picture.height;
    coverStream_->codecpar->format = picture.codec == AV_CODEC_ID_PNG ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_YUVJ444P;
    coverStream_->disposition = AV_DISPOSITION_ATTACHED_PIC;
    coverStream_->time_base = {1, 90000};
    av_dict_set(&coverStream_->metadata, "comment", "Cover (front)", 0);
    return {};
  }

  bool writeCover(AVPacket* packet) {
    if (!coverStream_) return true;
    if (av_new_packet(packet, static_cast<int>(job_.cover.size())) < 0) return false;
    std::memcpy(packet->data, job_.cover.data(), job_.cover.size());
    packet->stream_index = coverStream_->index;
    packet->flags |= AV_PKT_FLAG_KEY;
    packet->pts = packet->dts = 0;
    return av_interleaved_write_frame(output_.get(), packet) >= 0;
  }

  bool write() {
    const libav::Packet packet(av_packet_alloc());
    const libav::Frame frame(av_frame_alloc());
    if (!packet || !frame || !writeCover(packet.get())) return false;
    const std::int64_t block = codec_->frame_size > 0 ? codec_->frame_size : kBlockFrames;
    for (std::int64_t at = 0; at < job_.frames; at += block) {
      frame->nb_samples = static_cast<int>(std::min(block, job_.frames - at));
      frame->format = encoding_->format;
      frame->sample_rate = job_.rateHz;
      if (av_channel_layout_copy(&frame->ch_layout, &codec_->ch_layout) < 0) return false;
      if (av_frame_get_buffer(frame.get(), 0) < 0) return false;
      fillFrame(*frame, *encoding_, job_.interleaved + 2 * at);
      frame->pts = at;
      if (avcodec_send_frame(codec_.get(), frame.get()) < 0 || !drain(packet.get())) return false;
      av_frame_unref(frame.get());
    }
    if (avcodec_send_frame(codec_.get(), nullptr) < 0 || !drain(packet.get())) return false;
    return av_write_trailer(output_.get()) >= 0;
  }

  bool drain(AVPacket* packet) {
    for (;;) {
      const int code = avcodec_receive_packet(codec_.get(), packet);
      if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return true;
      if (code < 0) return false;
      av_packet_rescale_ts(packet, codec_->time_base, stream_->time_base);
      packet->stream_index = stream_->index;
      if (av_interleaved_write_frame(output_.get(), packet) < 0) return false;
    }
  }

  const EncodeJob& job_;
  const Encoding* encoding_ = nullptr;
  Output output_;
  libav::Codec codec_;
  AVStream* stream_ = nullptr;
  AVStream* coverStream_ = nullptr;
};

}  // namespace

EncodeResult encodeFile(const EncodeJob& job) { return Encoder(job).run(); }

}  // namespace segue
