// Node-API face of the playing core: one object an engine. Methods run on the JavaScript thread; the control
// thread only wakes it. No policy, no signal processing, no call into JavaScript from the audio thread.
#include "core/engine.h"

#include <napi.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "addon/convert.h"
#include "addon/position_mirror.h"
#include "addon/snapshot_tape.h"
#include "addon/synthetic.h"
#include "core/crash_note.h"
#include "sink/alsa.h"
#include "sink/host.h"
#include "sink/make.h"
#include "sink/portaudio.h"
#include "sink/pulse.h"
#include "sink/rates.h"
#if __has_include("decode/open.h")
#include "decode/open.h"
#endif

namespace segue {

namespace {

OpenResult openUnnoted(const char* path, int rateHz) {
  const char* synthetic = std::getenv("SEGUE_SYNTHETIC");
  const bool isSynthetic = std::strncmp(path, kSyntheticPrefix, sizeof kSyntheticPrefix - 1) == 0;
  if (isSynthetic && synthetic && std::strcmp(synthetic, "1") == 0) return openSynthetic(path, rateHz);
#if __has_include("decode/open.h")
  return openWithLibav(path, rateHz);
#else
  return {.source = nullptr, .error = SourceError::unsupported, .message = "Built without a decoder."};
#endif
}

OpenResult openSource(const char* path, int rateHz) { return openNoted(openUnnoted, path, rateHz); }

class NativeEngine final : public Napi::ObjectWrap<NativeEngine> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(
        env, "NativeEngine",
        {InstanceMethod<&NativeEngine::offer>("offer"), InstanceMethod<&NativeEngine::withdraw>("withdraw"),
         InstanceMethod<&NativeEngine::play>("play"), InstanceMethod<&NativeEngine::pause>("pause"),
         InstanceMethod<&NativeEngine::skip>("skip"), InstanceMethod<&NativeEngine::seek>("seek"),
         InstanceMethod<&NativeEngine::setVolume>("setVolume"),
         InstanceMethod<&NativeEngine::testTone>("testTone"),
         InstanceMethod<&NativeEngine::endTestTone>("endTestTone"),
         InstanceMethod<&NativeEngine::snapshot>("snapshot"),
         InstanceMethod<&NativeEngine::acknowledge>("acknowledge"),
         InstanceMethod<&NativeEngine::counters>("counters"), InstanceMethod<&NativeEngine::meters>("meters"), InstanceMethod<&NativeEngine::drain>("drain"),
         InstanceMethod<&NativeEngine::switchSink>("switchSink"), InstanceMethod<&NativeEngine::pull>("pull"),
         InstanceMethod<&NativeEngine::mirrorPosition>("mirrorPosition"),
         InstanceMethod<&NativeEngine::feed>("feed"), InstanceMethod<&NativeEngine::isFeedClosed>("isFeedClosed"),
         InstanceMethod<&NativeEngine::endFeed>("endFeed"),
         InstanceMethod<&NativeEngine::pullNothing>("pullNothing"),
         InstanceMethod<&NativeEngine::beginClose>("beginClose"),
         InstanceMethod<&NativeEngine::destroy>("destroy"), InstanceMethod<&NativeEngine::ref>("ref"),
         InstanceMethod<&NativeEngine::unref>("unref")});
  }

  explicit NativeEngine(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NativeEngine>(info) {
    const Napi::Env env = info.Env();
    const auto options = info[0].As<Napi::Object>();
    napi_create_threadsafe_function(env, info[1], nullptr, Napi::String::New(env, "segue"), 0, 1, nullptr,
                                    nullptr, nullptr, callWake, &wake_);
    napi_unref_threadsafe_function(env, wake_);
    const EngineConfig config = configFrom(options);
    const Napi::Value crashNote = options.Get("crashNote");
    if (crashNote.IsString()) installCrashNote(crashNote.As<Napi::String>().Utf8Value().c_str());
    engine_ = std::make_unique<Engine>(config, openSource, [this] { wake(); });
    host_ = std::make_unique<SinkHost>(*engine_, makeSink, config.manual ? "manual" : "none");
    // process.exit() with live threads would abort: they are joined before the environment goes.
    napi_add_env_cleanup_hook(env, cleanUp, this);
  }

  ~NativeEngine() override {
    napi_remove_env_cleanup_hook(Env(), cleanUp, this);
    shutDown();
  }

 private:
  struct SinkResult {
    std::uint32_t request;
    bool isOk;
    std::string text;
  };

  static void cleanUp(void* self) { static_cast<NativeEngine*>(self)->shutDown(); }

  void shutDown() {
    if (!engine_) return;
    mirror_.reset();
    // Its carrier runs on this very thread: the host must not wait for it.
    for (const auto& [request, feed] : feeds_) feed->finish();
    host_.reset();
    engine_.reset();
    napi_release_threadsafe_function(wake_, napi_tsfn_release);
  }

  // Any thread. Calls that pile up while JavaScript is busy become one.
  void wake() {
    if (!isWoken_.exchange(true)) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
  }

  // JavaScript thread. While the process is going down there is nobody to call any more; what a listener
  // throws is left pending, and becomes an uncaught exception.
  static void callWake(napi_env env, napi_value callback, void*, void*) {
    if (!env) return;
    napi_value undefined = nullptr;
    if (napi_get_undefined(env, &undefined) != napi_ok) return;
    napi_call_function(env, undefined, callback, 0, nullptr, nullptr);
  }

  Napi::Value offer(const Napi::CallbackInfo& info) {
    const auto plan = info[0].As<Napi::Object>();
    return number(info, engine_->offer(planFrom(plan), plan.Get("path").As<Napi::String>()));
  }
  Napi::Value withdraw(const Napi::CallbackInfo& info) {
    switch (engine_->withdraw(integer(info, 0))) {
      case Withdrawal::withdrawn:
        return Napi::String::New(info.Env(), "withdrawn");
      case Withdrawal::notLoaded:
        return Napi::String::New(info.Env(), "notLoaded");
      case Withdrawal::tooLate:
        break;
    }
    return Napi::String::New(info.Env(), "tooLate");
  }
  Napi::Value play(const Napi::CallbackInfo& info) { return number(info, engine_->play(integer(info, 0))); }
  Napi::Value pause(const Napi::CallbackInfo& info) { return number(info, engine_->pause()); }
  Napi::Value skip(const Napi::CallbackInfo& info) {
    const std::string reason = info[2].As<Napi::String>();
    return number(info, engine_->skip(integer(info, 0), integer(info, 1),
                                      reason == "removed" ? VoiceEnd::removed : VoiceEnd::skipped));
  }
  Napi::Value seek(const Napi::CallbackInfo& info) {
    return number(info, engine_->seek(integer(info, 0), integer(info, 1)));
  }
  Napi::Value testTone(const Napi::CallbackInfo& info) {
    return number(info, engine_->testTone(integer(info, 0)));
  }
  Napi::Value endTestTone(const Napi::CallbackInfo& info) { return number(info, engine_->endTestTone()); }
  void setVolume(const Napi::CallbackInfo& info) {
    engine_->setVolume(info[0].As<Napi::Number>().DoubleValue());
  }

  // Into the tape that it is given; answers the name of the sink.
  Napi::Value snapshot(const Napi::CallbackInfo& info) {
    auto tape = info[0].As<Napi::Float64Array>();
    writeSnapshot(engine_->snapshot(), engine_->volume(), tape.Data(), tape.ElementLength());
    return Napi::String::New(info.Env(), host_->name());
  }
  void acknowledge(const Napi::CallbackInfo& info) {
    const auto list = info[0].As<Napi::Array>();
    std::vector<std::int64_t> entries;
    entries.reserve(list.Length());
    for (std::uint32_t i = 0; i < list.Length(); ++i) {
      entries.push_back(list.Get(i).As<Napi::Number>().Int64Value());
    }
    engine_->acknowledge(entries);
  }

  Napi::Value counters(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const CallbackMeter& meter = engine_->meter();
    const AudioCounters& audio = engine_->audioCounters();
    const auto value = [](const std::atomic<std::uint64_t>& counter) {
      return static_cast<double>(counter.load(std::memory_order_relaxed));
    };
    Napi::Object result = Napi::Object::New(env);
    result.Set("periods", value(meter.periods));
    result.Set("frames", static_cast<double>(engine_->snapshot().state.streamFrame));
    result.Set("underruns", value(audio.underruns));
    result.Set("xruns", value(meter.xruns));
    result.Set("limitedFrames", value(audio.limitedFrames));
    result.Set("recordsDropped", value(audio.recordsDropped));
    result.Set("concealedPackets", static_cast<double>(engine_->concealedPackets()));
    result.Set("leakedSources", static_cast<double>(engine_->leakedSources()));
    result.Set("worstCallbackUs", value(meter.worstUs));
    result.Set("callbackTotalUs", value(meter.totalNs) / 1000);
    result.Set("periodUs", value(meter.periodUs));
    Napi::Array histogram = Napi::Array::New(env, meter.buckets.size());
    for (std::size_t i = 0; i < meter.buckets.size(); ++i) {
      histogram.Set(static_cast<std::uint32_t>(i), value(meter.buckets[i]));
    }
    result.Set("callbackHistogram", histogram);
    const Realtime realtime = host_->realtime();
    if (realtime == Realtime::notApplicable) {
      result.Set("realtime", env.Null());
    } else {
      result.Set("realtime", realtime == Realtime::yes);
    }
    result.Set("lockedArenaBytes", static_cast<double>(engine_->memory().bytes));
    result.Set("memoryLocked", engine_->memory().isLocked);
    return result;
  }

  Napi::Value meters(const Napi::CallbackInfo& info) {
    return metersToJs(info.Env(), engine_->published(), engine_->rate());
  }

  // What has happened since the last call: events, answers to commands, results of sink switches.
  Napi::Value drain(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    // Before reading: what comes later wakes again.
    isWoken_ = false;
    std::vector<Event> events;
    std::vector<Answered> answers;
    engine_->drain(events, answers);
    std::vector<SinkResult> sinks;
    {
      const std::lock_guard lock(mutex_);
      sinks.swap(sinkResults_);
    }
    Napi::Array eventList = Napi::Array::New(env, events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
      eventList.Set(static_cast<std::uint32_t>(i), toJs(env, events[i]));
    }
    Napi::Array answerList = Napi::Array::New(env, answers.size());
    for (std::size_t i = 0; i < answers.size(); ++i) {
      Napi::Object each = Napi::Object::New(env);
      each.Set("request", answers[i].request);
      each.Set("accepted", answers[i].isAccepted);
      each.Set("frame", static_cast<double>(answers[i].frame));
      answerList.Set(static_cast<std::uint32_t>(i), each);
    }
    Napi::Array sinkList = Napi::Array::New(env, sinks.size());
    for (std::size_t i = 0; i < sinks.size(); ++i) {
      Napi::Object each = Napi::Object::New(env);
      each.Set("request", sinks[i].request);
      each.Set("ok", sinks[i].isOk);
      each.Set("text", sinks[i].text);
      sinkList.Set(static_cast<std::uint32_t>(i), each);
    }
    Napi::Object result = Napi::Object::New(env);
    result.Set("events", eventList);
    result.Set("answers", answerList);
    result.Set("sinks", sinkList);
    return result;
  }

  Napi::Value switchSink(const Napi::CallbackInfo& info) {
    const std::uint32_t request = ++lastSinkRequest_;
    SinkChoice choice = sinkFrom(info[0].As<Napi::Object>());
    if (choice.kind == SinkChoice::fed && choice.error.empty()) {
      feeds_[request] = choice.feed = std::make_shared<Feed>();
      choice.wake = [this] { wake(); };
    }
    host_->switchTo(std::move(choice),
                    [this, request](bool isOk, const std::string& text) {
                      {
                        const std::lock_guard lock(mutex_);
                        sinkResults_.push_back({request, isOk, text});
                      }
                      wake();
                    });
    return number(info, request);
  }

  Napi::Value pull(const Napi::CallbackInfo& info) {
    const auto frames = static_cast<std::size_t>(integer(info, 0));
    Napi::Float32Array out = Napi::Float32Array::New(info.Env(), 2 * frames);
    engine_->pull(out.Data(), static_cast<Frame>(frames));
    return out;
  }

  // Of the fed sink that request began: the next frames for its carrier, null when it is to carry nothing (any more).
  Napi::Value feed(const Napi::CallbackInfo& info) {
    const auto found = feeds_.find(info[0].As<Napi::Number>());
    const auto frames = static_cast<std::size_t>(integer(info, 1));
    Napi::Float32Array out = Napi::Float32Array::New(info.Env(), 2 * frames);
    const bool isOpen =
        found != feeds_.end() && found->second->render(*engine_, out.Data(), static_cast<Frame>(frames));
    if (!isOpen) return info.Env().Null();
    return out;
  }
  Napi::Value isFeedClosed(const Napi::CallbackInfo& info) {
    const auto found = feeds_.find(info[0].As<Napi::Number>());
    return Napi::Boolean::New(info.Env(), found == feeds_.end() || found->second->isClosed());
  }
  // Its carrier has ended; with a sentence: because the device has gone, and some frames were not heard.
  void endFeed(const Napi::CallbackInfo& info) {
    const auto found = feeds_.find(info[0].As<Napi::Number>());
    if (found == feeds_.end()) return;
    if (info[1].IsString()) {
      found->second->lose(info[1].As<Napi::String>(), integer(info, 2));
    } else {
      found->second->finish();
    }
    feeds_.erase(found);
  }

  // mirrorPosition(file, floorMs): see addon/position_mirror.h; an empty sentence, or the system's word.
  Napi::Value mirrorPosition(const Napi::CallbackInfo& info) {
    const std::string file = info[0].As<Napi::String>();
    std::string error;
    mirror_.reset();
    mirror_ = PositionMirror::open(file, integer(info, 1), engine_->rate(), [this] { return engine_->published(); }, error);
    return Napi::String::New(info.Env(), error);
  }

  void pullNothing(const Napi::CallbackInfo&) { engine_->pullNothing(); }
  Napi::Value beginClose(const Napi::CallbackInfo& info) {
    // Where it stops has been saved by now; what is heard while it fades out is heard again.
    mirror_.reset();
    return number(info, engine_->close(integer(info, 0)));
  }
  void destroy(const Napi::CallbackInfo&) { shutDown(); }
  void ref(const Napi::CallbackInfo& info) { napi_ref_threadsafe_function(info.Env(), wake_); }
  void unref(const Napi::CallbackInfo& info) { napi_unref_threadsafe_function(info.Env(), wake_); }

  static Napi::Value number(const Napi::CallbackInfo& info, std::uint32_t value) {
    return Napi::Number::New(info.Env(), value);
  }
  static std::int64_t integer(const Napi::CallbackInfo& info, std::size_t index) {
    return info[index].As<Napi::Number>().Int64Value();
  }

  napi_threadsafe_function wake_ = nullptr;
  std::atomic<bool> isWoken_{false};
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<SinkHost> host_;
  // Looks at engine_, and so goes before it.
  std::unique_ptr<PositionMirror> mirror_;
  // By the request that began them, until their carrier has ended. JavaScript thread only.
  std::map<std::uint32_t, std::shared_ptr<Feed>> feeds_;
  std::mutex mutex_;  // sinkResults_
  std::vector<SinkResult> sinkResults_;
  std::uint32_t lastSinkRequest_ = 0;
};

Napi::Value listDevices(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::string error;
  const std::vector<DeviceInfo> devices = listOutputDevices(error);
  Napi::Array list = Napi::Array::New(env, devices.size());
  for (std::size_t i = 0; i < devices.size(); ++i) {
    Napi::Object each = Napi::Object::New(env);
    each.Set("name", devices[i].name);
    each.Set("hostApi", devices[i].hostApi);
    each.Set("device", devices[i].device);
    each.Set("maxChannels", devices[i].maxChannels);
    each.Set("defaultRateHz", devices[i].defaultRateHz);
    each.Set("isDefault", devices[i].isDefault);
    list.Set(static_cast<std::uint32_t>(i), each);
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("devices", list);
  result.Set("error", error);
  return result;
}

// Sound cards that are played without a sound server, opening none: one that the daemon holds is there all the same.
Napi::Value listCards(const Napi::CallbackInfo& info) {
  const std::vector<AlsaCard> cards = listAlsaCards();
  Napi::Array list = Napi::Array::New(info.Env(), cards.size());
  for (std::size_t i = 0; i < cards.size(); ++i) list.Set(static_cast<std::uint32_t>(i), cards[i].name);
  return list;
}

// What plays where nothing is chosen, as far as it is not PortAudio's business; or null.
Napi::Value defaultDevice(const Napi::CallbackInfo& info) {
  const std::string name = isPulseThere() ? std::string(kPulsePrefix) + "default" : defaultAlsaCard();
  return name.empty() ? info.Env().Null() : Napi::String::New(info.Env(), name);
}

// At which rates a device plays without converting; see sink/rates.h.
Napi::Value ratesOfDevice(const Napi::CallbackInfo& info) {
  const std::vector<int> rates = deviceRates(info[0].IsString() ? info[0].As<Napi::String>().Utf8Value() : "");
  Napi::Array list = Napi::Array::New(info.Env(), rates.size());
  for (std::size_t i = 0; i < rates.size(); ++i) list.Set(static_cast<std::uint32_t>(i), rates[i]);
  return list;
}

}  // namespace

void initEngine(Napi::Env env, Napi::Object exports) {
  exports.Set("Engine", NativeEngine::define(env));
  exports.Set("listDevices", Napi::Function::New(env, listDevices));
  exports.Set("listCards", Napi::Function::New(env, listCards));
  exports.Set("deviceRates", Napi::Function::New(env, ratesOfDevice));
  exports.Set("defaultDevice", Napi::Function::New(env, defaultDevice));
}

}  // namespace segue
