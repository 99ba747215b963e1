// Node-API face of the file tools: probe, measure, envelope, decode, encode (audio/media.ts). Blocking calls for worker processes
// and tools; failures are returned as objects, nothing is thrown but wrong argument types.
#include <napi.h>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <thread>

#include "analyse/envelope.h"
#include "analyse/measure.h"
#include "decode/audio_key.h"
#include "decode/encode.h"
#include "decode/open.h"
#include "decode/pcm_reader.h"
#include "decode/ticks.h"

namespace segue {
namespace {

double ticks(std::int64_t frames, int rateHz) { return static_cast<double>(ticksOf(frames, rateHz)); }

Napi::Value failure(Napi::Env env, const char* code, const std::string& message) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("error", code);
  object.Set("message", message);
  return object;
}

Napi::Value failure(Napi::Env env, const InputFailure& bad) {
  switch (bad.error) {
    case SourceError::notFound:
      return failure(env, "NOT_FOUND", bad.message);
    case SourceError::notAudio:
      return failure(env, "NOT_AUDIO", bad.message);
    case SourceError::unsupported:
      return failure(env, "UNSUPPORTED", bad.message);
    default:
      return failure(env, "UNREADABLE", bad.message);
  }
}

Napi::Value wrongArguments(Napi::Env env, const char* usage) {
  Napi::TypeError::New(env, usage).ThrowAsJavaScriptException();
  return env.Undefined();
}

Napi::Value probe(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!info[0].IsString()) return wrongArguments(env, "probe(path: string)");
  PcmReader reader;
  const std::string path = info[0].As<Napi::String>();
  if (const InputFailure bad = reader.open(path.c_str()); bad.error != SourceError::none) return failure(env, bad);
  const AVCodecParameters& parameters = *reader.input().stream()->codecpar;
  const AVCodecDescriptor* descriptor = avcodec_descriptor_get(parameters.codec_id);
  const bool isLossless = descriptor && (descriptor->props & AV_CODEC_PROP_LOSSLESS);
  const int bits = parameters.bits_per_raw_sample > 0 ? parameters.bits_per_raw_sample : parameters.bits_per_coded_sample;
  Napi::Object object = Napi::Object::New(env);
  object.Set("codec", avcodec_get_name(parameters.codec_id));
  object.Set("container", reader.input().format()->iformat->name);
  object.Set("rateHz", reader.rateHz());
  object.Set("channels", parameters.ch_layout.nb_channels);
  object.Set("bitsPerSample", isLossless && bits > 0 ? Napi::Value(Napi::Number::New(env, bits)) : env.Null());
  object.Set("durationTicks", ticks(reader.estimatedLength(), reader.rateHz()));
  object.Set("exact", reader.length().has_value());
  return object;
}

Napi::Value audioKey(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!info[0].IsString()) return wrongArguments(env, "audioKey(path: string)");
  const std::string path = info[0].As<Napi::String>();
  const AudioKey key = audioKeyOf(path.c_str());
  if (key.failure.error != SourceError::none) return failure(env, key.failure);
  Napi::Object object = Napi::Object::New(env);
  object.Set("key", key.digits);
  return object;
}

Napi::Value contentObject(Napi::Env env, const ContentPoints& points, int rateHz) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("startTicks", ticks(points.start, rateHz));
  object.Set("leadInTicks", ticks(points.leadIn, rateHz));
  object.Set("leadOutTicks", ticks(points.leadOut, rateHz));
  object.Set("endTicks", ticks(points.end, rateHz));
  return object;
}

Napi::Object measuresObject(Napi::Env env, const Measures& m) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("durationTicks", ticks(m.frames, m.rateHz));
  object.Set("rmsDb", m.rmsDb);
  object.Set("peakDb", m.peakDb);
  object.Set("dynamicRangeDb", m.dynamicRangeDb);
  object.Set("centroidHz", m.centroidHz);
  object.Set("lowShare", m.lowShare);
  object.Set("highShare", m.highShare);
  object.Set("tempoBpm", m.tempoBpm);
  object.Set("rhythmClarity", m.rhythmClarity);
  object.Set("onsetRate", m.onsetRate);
  object.Set("tonality", m.tonality);
  object.Set("isMajor", m.isMajor);
  object.Set("zeroCrossingKhz", m.zeroCrossingKhz);
  object.Set("loudnessLufs", m.loudnessLufs ? Napi::Value(Napi::Number::New(env, *m.loudnessLufs)) : env.Null());
  object.Set("truePeakDb", m.truePeakDb);
  object.Set("content", m.content ? contentObject(env, *m.content, m.rateHz) : env.Null());
  return object;
}

Napi::Value measure(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!info[0].IsString() || !(info[1].IsUndefined() || info[1].IsArray()))
    return wrongArguments(env, "measure(path: string, partStarts?: number[])");
  const std::string path = info[0].As<Napi::String>();
  std::vector<std::int64_t> starts;
  if (info[1].IsArray()) {
    const Napi::Array given = info[1].As<Napi::Array>();
    for (std::uint32_t i = 0; i < given.Length(); ++i) starts.push_back(given.Get(i).ToNumber().Int64Value());
  }
  const MeasureResult result = measureFile(path.c_str(), starts);
  if (result.failure.error != SourceError::none) return failure(env, result.failure);
  if (result.isTruncated)
    return failure(env, "TRUNCATED", "Less than half of this file is there: " + path + ". Copy it again.");
  Napi::Object object = measuresObject(env, result.measures);
  Napi::Array parts = Napi::Array::New(env, result.parts.size());
  for (std::uint32_t i = 0; i < result.parts.size(); ++i) parts.Set(i, measuresObject(env, result.parts[i]));
  object.Set("parts", parts);
  return object;
}

Napi::Value envelope(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  constexpr int kMostSpans = 100'000;
  if (!info[0].IsString() || !info[1].IsNumber()) return wrongArguments(env, "envelope(path: string, spans: number)");
  const std::string path = info[0].As<Napi::String>();
  const int spans = std::clamp(info[1].As<Napi::Number>().Int32Value(), 1, kMostSpans);
  const EnvelopeResult result = envelopeOf(path.c_str(), spans);
  if (result.failure.error != SourceError::none) return failure(env, result.failure);
  const Envelope& e = result.envelope;
  Napi::Object object = Napi::Object::New(env);
  object.Set("durationTicks", ticks(e.frames, e.rateHz));
  object.Set("spanTicks", ticks(e.spanFrames, e.rateHz));
  for (const auto& [name, values] : {std::pair{"peaks", &e.peaks}, std::pair{"rms", &e.rms}}) {
    Napi::Float32Array array = Napi::Float32Array::New(env, values->size());
    std::copy(values->begin(), values->end(), array.Data());
    object.Set(name, array);
  }
  return object;
}

// What a header says may be wrong: no more than this (512 MB) is taken on its word.
constexpr std::int64_t kMostDirectFrames = std::int64_t{1} << 26;

// Reads up to `most` frames to where `place(frames so far, frames wanted)` says. Negative: the source broke.
template <typename Place>
std::int64_t readBlocks(Source& source, std::int64_t most, Place place) {
  constexpr std::int64_t kBlockFrames = 16384;
  std::int64_t done = 0;
  while (done < most) {
    const std::int64_t want = std::min(kBlockFrames, most - done);
    const std::int64_t got = source.read(place(done, want), want);
    if (got < 0) return -1;
    if (got == 0) break;
    done += got;
  }
  return done;
}

Napi::Value decode(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!info[0].IsString() || !info[1].IsNumber())
    return wrongArguments(env, "decode(path: string, rateHz: number, fromFrame?: number, frames?: number)");
  const std::string path = info[0].As<Napi::String>();
  const OpenResult opened = openWithLibav(path.c_str(), info[1].As<Napi::Number>().Int32Value());
  if (!opened.source) return failure(env, {opened.error, opened.message});
  Source& source = *opened.source;
  const std::int64_t from = info[2].IsNumber() ? info[2].As<Napi::Number>().Int64Value() : 0;
  const std::int64_t most = info[3].IsNumber() ? info[3].As<Napi::Number>().Int64Value() : INT64_MAX;
  if (from > 0 && !source.seek(from)) return failure(env, "UNREADABLE", source.message());
  const SourceInfo length = source.info();
  const std::int64_t expected = length.exactLength ? std::clamp<std::int64_t>(length.lengthFrames - from, 0, most) : -1;
  const bool isDirect = expected >= 0 && expected <= kMostDirectFrames;
  Napi::Float32Array array;
  std::int64_t done = 0;
  if (isDirect) {
    array = Napi::Float32Array::New(env, static_cast<std::size_t>(expected) * 2);
    done = readBlocks(source, expected, [&](std::int64_t at, std::int64_t) { return array.Data() + 2 * at; });
  } else {
    std::vector<float> samples;
    done = readBlocks(source, most, [&](std::int64_t at, std::int64_t want) {
      samples.resize(static_cast<std::size_t>(at + want) * 2);
      return samples.data() + 2 * at;
    });
    array = Napi::Float32Array::New(env, static_cast<std::size_t>(std::max<std::int64_t>(done, 0)) * 2);
    if (done > 0) std::copy_n(samples.data(), done * 2, array.Data());
  }
  if (done < 0) return failure(env, "UNREADABLE", source.message());
  if (isDirect && done < expected) {  // the file ends early
    Napi::Float32Array shorter = Napi::Float32Array::New(env, static_cast<std::size_t>(done) * 2);
    std::copy_n(array.Data(), done * 2, shorter.Data());
    array = shorter;
  }
  Napi::Object object = Napi::Object::New(env);
  object.Set("samples", array);
  object.Set("concealedPackets", static_cast<double>(source.concealed()));
  return object;
}

bool isFloats(const Napi::Value& value) {
  return value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_float32_array;
}

Napi::Value encode(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  constexpr const char* kUsage = "encode({path, codec, rateHz, samples: Float32Array, tags, cover?: Uint8Array})";
  if (!info[0].IsObject()) return wrongArguments(env, kUsage);
  const auto options = info[0].As<Napi::Object>();
  const Napi::Value samples = options.Get("samples"), tags = options.Get("tags"), cover = options.Get("cover");
  if (!options.Get("path").IsString() || !options.Get("codec").IsString() || !options.Get("rateHz").IsNumber() ||
      !isFloats(samples) || !tags.IsObject())
    return wrongArguments(env, kUsage);
  EncodeJob job;
  job.path = options.Get("path").As<Napi::String>();
  job.codec = options.Get("codec").As<Napi::String>();
  job.rateHz = options.Get("rateHz").As<Napi::Number>().Int32Value();
  if (const Napi::Value bitRate = options.Get("bitRateBps"); bitRate.IsNumber()) job.bitRate = bitRate.As<Napi::Number>().Int64Value();
  job.interleaved = samples.As<Napi::Float32Array>().Data();
  job.frames = static_cast<std::int64_t>(samples.As<Napi::Float32Array>().ElementLength() / 2);
  const auto tagsObject = tags.As<Napi::Object>();
  const Napi::Array keys = tagsObject.GetPropertyNames();
  for (std::uint32_t i = 0; i < keys.Length(); ++i) {
    const std::string key = keys.Get(i).ToString();
    job.tags[key] = tagsObject.Get(key).ToString();
  }
  if (cover.IsTypedArray()) {
    const auto bytes = cover.As<Napi::Uint8Array>();
    job.cover.assign(bytes.Data(), bytes.Data() + bytes.ByteLength());
  }
  const EncodeResult result = encodeFile(job);
  if (result.failure.error != SourceError::none) return failure(env, result.failure);
  Napi::Object object = Napi::Object::New(env);
  object.Set("bytes", static_cast<double>(result.bytes));
  return object;
}

// A thread for the rest of the process: these calls block the one that asks for it.
Napi::Value pulse(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!info[0].IsNumber() || !info[1].IsNumber()) return wrongArguments(env, "pulse(descriptor: number, everyMs: number)");
  const int descriptor = info[0].As<Napi::Number>().Int32Value();
  const std::chrono::milliseconds period{info[1].As<Napi::Number>().Int32Value()};
  std::thread([descriptor, period] {
    for (std::uint64_t before = 0;; std::this_thread::sleep_for(period)) {
      const std::uint64_t now = inputProgress();
      if (now != before && write(descriptor, ".", 1) < 0) return;
      before = now;
    }
  }).detach();
  return env.Undefined();
}

}  // namespace

void initMedia(Napi::Env env, Napi::Object exports) {
  Napi::Object media = Napi::Object::New(env);
  media.Set("probe", Napi::Function::New(env, probe, "probe"));
  media.Set("audioKey", Napi::Function::New(env, audioKey, "audioKey"));
  media.Set("measure", Napi::Function::New(env, measure, "measure"));
  media.Set("envelope", Napi::Function::New(env, envelope, "envelope"));
  media.Set("decode", Napi::Function::New(env, decode, "decode"));
  media.Set("encode", Napi::Function::New(env, encode, "encode"));
  media.Set("pulse", Napi::Function::New(env, pulse, "pulse"));
  exports.Set("media", media);
}

}  // namespace segue
