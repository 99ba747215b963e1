// See convert.h.
#include "addon/convert.h"

#include <string>

namespace segue {

namespace {

Frame frameOf(const Napi::Object& object, const char* name) {
  return object.Get(name).As<Napi::Number>().Int64Value();
}

Curve curveFrom(const std::string& name) {
  if (name == "linear") return Curve::linear;
  if (name == "cosine") return Curve::cosine;
  if (name == "exponential") return Curve::exponential;
  if (name == "logarithmic") return Curve::logarithmic;
  return Curve::equalPower;
}

Fade fadeFrom(const Napi::Object& fade) {
  return {frameOf(fade, "frames"), curveFrom(fade.Get("curve").As<Napi::String>())};
}

const char* nameOf(VoiceEnd reason) {
  switch (reason) {
    case VoiceEnd::natural:
      return "natural";
    case VoiceEnd::skipped:
      return "skipped";
    case VoiceEnd::removed:
      return "removed";
    case VoiceEnd::failed:
      return "failed";
    case VoiceEnd::stopped:
      return "stopped";
  }
  return "";
}

const char* nameOf(EventType type) {
  switch (type) {
    case EventType::voiceStarted:
      return "voiceStarted";
    case EventType::crossfadeStarted:
      return "crossfadeStarted";
    case EventType::crossfadeEnded:
      return "crossfadeEnded";
    case EventType::voiceEnded:
      return "voiceEnded";
    case EventType::voiceFailed:
      return "voiceFailed";
    case EventType::endedEarly:
      return "endedEarly";
    case EventType::underrunBegan:
      return "underrunBegan";
    case EventType::underrunEnded:
      return "underrunEnded";
    case EventType::xrun:
      return "xrun";
    case EventType::limiterEngaged:
      return "limiterEngaged";
    case EventType::streamOpened:
      return "streamOpened";
    case EventType::streamLost:
      return "streamLost";
    case EventType::overflow:
      return "overflow";
  }
  return "";
}

void set(Napi::Object& object, const char* name, std::int64_t value) {
  object.Set(name, static_cast<double>(value));
}

Napi::Object toJs(Napi::Env env, const EndedVoice& voice) {
  Napi::Object result = Napi::Object::New(env);
  set(result, "entry", voice.entry);
  set(result, "plan", voice.plan);
  result.Set("reason", nameOf(voice.reason));
  set(result, "startedAtFrame", voice.startedAt);
  set(result, "endedAtFrame", voice.endedAt);
  set(result, "heardFrames", voice.heard);
  set(result, "atFrame", voice.at);
  return result;
}

Napi::Array voicesToJs(Napi::Env env, const PublishedState& state) {
  Napi::Array sounding = Napi::Array::New(env);
  std::uint32_t count = 0;
  for (const PublishedVoice& voice : state.voices) {
    if (voice.entry == 0) continue;
    Napi::Object each = Napi::Object::New(env);
    set(each, "entry", voice.entry);
    set(each, "plan", voice.plan);
    each.Set("role", voice.isCurrent ? "current" : "outgoing");
    set(each, "atFrame", voice.at);
    set(each, "startFrame", voice.start);
    set(each, "endFrame", voice.end);
    set(each, "startedAtFrame", voice.startedAt);
    set(each, "bufferedFrames", voice.buffered);
    sounding.Set(count++, each);
  }
  return sounding;
}

}  // namespace

EngineConfig configFrom(const Napi::Object& options) {
  return {.rate = options.Get("rate").As<Napi::Number>().Int32Value(),
          .playing = options.Get("playing").As<Napi::Boolean>(),
          .volume = options.Get("volume").As<Napi::Number>().DoubleValue(),
          .limiter = options.Get("limiter").As<Napi::Boolean>(),
          .manual = sinkFrom(options.Get("sink").As<Napi::Object>()).kind == SinkChoice::manual,
          .eventLimit = options.Get("eventLimit").IsNumber()
                            ? static_cast<std::size_t>(options.Get("eventLimit").As<Napi::Number>().Uint32Value())
                            : EngineConfig{}.eventLimit};
}

SinkChoice sinkFrom(const Napi::Object& choice) {
  const std::string kind = choice.Get("kind").As<Napi::String>();
  SinkChoice result;
  result.kind = kind == "portaudio" ? SinkChoice::portaudio
                : kind == "manual"  ? SinkChoice::manual
                : kind == "fed"     ? SinkChoice::fed
                                    : SinkChoice::null;
  const Napi::Value device = choice.Get("device");
  if (device.IsString()) result.device = device.As<Napi::String>().Utf8Value();
  const Napi::Value error = choice.Get("error");
  if (error.IsString()) result.error = error.As<Napi::String>().Utf8Value();
  const Napi::Value latencyS = choice.Get("latencyS");
  if (latencyS.IsNumber()) result.latencyS = latencyS.As<Napi::Number>().DoubleValue();
  return result;
}

Plan planFrom(const Napi::Object& object) {
  Plan plan;
  plan.plan = frameOf(object, "plan");
  plan.generation = frameOf(object, "generation");
  plan.entry = frameOf(object, "entry");
  if (object.Get("after").IsNumber()) plan.after = frameOf(object, "after");
  plan.start = frameOf(object, "startFrame");
  plan.end = frameOf(object, "endFrame");
  plan.gain = object.Get("gain").As<Napi::Number>().DoubleValue();
  plan.overlap = frameOf(object, "overlapFrames");
  plan.fadeIn = fadeFrom(object.Get("fadeIn").As<Napi::Object>());
  plan.fadeOut = fadeFrom(object.Get("fadeOut").As<Napi::Object>());
  if (object.Get("previousEndFrame").IsNumber()) plan.previousEnd = frameOf(object, "previousEndFrame");
  plan.hasPreviousFadeOut = object.Get("previousFadeOut").IsObject();
  if (plan.hasPreviousFadeOut)
    plan.previousFadeOut = fadeFrom(object.Get("previousFadeOut").As<Napi::Object>());
  if (object.Get("resumeAtFrame").IsNumber()) plan.resumeAt = frameOf(object, "resumeAtFrame");
  return plan;
}

Napi::Object toJs(Napi::Env env, const Event& event) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("type", nameOf(event.type));
  set(result, "frame", event.frame);
  switch (event.type) {
    case EventType::voiceStarted:
      set(result, "entry", event.entry);
      set(result, "plan", event.plan);
      set(result, "atFrame", event.at);
      break;
    case EventType::crossfadeStarted:
      set(result, "frames", event.at);
      [[fallthrough]];
    case EventType::crossfadeEnded:
      set(result, "from", event.entry);
      set(result, "to", event.to);
      break;
    case EventType::voiceEnded:
      result.Set("ended", toJs(env, event.ended));
      break;
    case EventType::voiceFailed:
      set(result, "entry", event.entry);
      result.Set("missing", event.isMissing);
      result.Set("message", event.text);
      break;
    case EventType::endedEarly:
      set(result, "entry", event.entry);
      set(result, "endFrame", event.at);
      break;
    case EventType::underrunBegan:
    case EventType::underrunEnded:
      set(result, "entry", event.entry);
      break;
    case EventType::streamOpened:
      result.Set("sink", event.text);
      break;
    case EventType::streamLost:
      result.Set("message", event.text);
      break;
    case EventType::xrun:
    case EventType::limiterEngaged:
    case EventType::overflow:
      break;
  }
  return result;
}

Napi::Object metersToJs(Napi::Env env, const PublishedState& state, int rate) {
  Napi::Object result = Napi::Object::New(env);
  set(result, "streamFrame", state.streamFrame);
  result.Set("playing", state.playing != 0);
  set(result, "windowFrames", OutputMeter::windowFrames(rate));
  set(result, "holdFrames", OutputMeter::windowFrames(rate) * static_cast<Frame>(OutputMeter::kHeldWindows));
  set(result, "windowEndFrame", state.level.endedAt);
  Napi::Array channels = Napi::Array::New(env, state.level.channels.size());
  for (std::size_t i = 0; i < state.level.channels.size(); ++i) {
    Napi::Object each = Napi::Object::New(env);
    each.Set("peak", state.level.channels[i].peak);
    each.Set("heldPeak", state.level.channels[i].heldPeak);
    each.Set("rms", state.level.channels[i].rms);
    channels.Set(static_cast<std::uint32_t>(i), each);
  }
  result.Set("channels", channels);
  result.Set("voices", voicesToJs(env, state));
  return result;
}

}  // namespace segue
