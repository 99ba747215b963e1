// Between JavaScript objects and the core's plain structs. JavaScript validates (audio/native-engine.ts);
// this trusts.
#pragma once
#include <napi.h>

#include "core/engine.h"
#include "sink/host.h"

namespace segue {

EngineConfig configFrom(const Napi::Object& options);
SinkChoice sinkFrom(const Napi::Object& choice);
Plan planFrom(const Napi::Object& plan);
Napi::Object toJs(Napi::Env env, const Event& event);
// What the meters say: the level of the output and where every voice stands.
Napi::Object metersToJs(Napi::Env env, const PublishedState& state, int rate);

}  // namespace segue
