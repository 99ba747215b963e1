// See rates.h. Here: what a PulseAudio server says of one of its sinks.
#include <pulse/pulseaudio.h>

#include <chrono>

#include "sink/rates.h"

namespace segue {

namespace {

constexpr std::chrono::milliseconds kPatience{1000};
constexpr int kStepUs = 100'000;

struct Answer {
  int rate = 0;
  bool isDone = false;
};

// False: nothing more is to be expected.
bool serve(pa_mainloop* loop, pa_context* context) {
  return pa_mainloop_prepare(loop, kStepUs) >= 0 && pa_mainloop_poll(loop) >= 0 && pa_mainloop_dispatch(loop) >= 0 &&
         PA_CONTEXT_IS_GOOD(pa_context_get_state(context));
}

void take(pa_context*, const pa_sink_info* info, int end, void* user) {
  auto& answer = *static_cast<Answer*>(user);
  if (info) answer.rate = static_cast<int>(info->sample_spec.rate);
  answer.isDone = answer.isDone || end != 0;
}

}  // namespace

int pulseRate(const std::string& sink) {
  pa_mainloop* loop = pa_mainloop_new();
  pa_context* context = pa_context_new(pa_mainloop_get_api(loop), "Segue");
  Answer answer;
  pa_operation* asking = nullptr;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  bool isGood = pa_context_connect(context, nullptr, PA_CONTEXT_NOAUTOSPAWN, nullptr) >= 0;
  while (isGood && !answer.isDone && std::chrono::steady_clock::now() < deadline) {
    isGood = serve(loop, context);
    if (isGood && !asking && pa_context_get_state(context) == PA_CONTEXT_READY) {
      asking = pa_context_get_sink_info_by_name(context, sink.empty() ? "@DEFAULT_SINK@" : sink.c_str(), take, &answer);
    }
  }
  if (asking) pa_operation_unref(asking);
  pa_context_disconnect(context);
  pa_context_unref(context);
  pa_mainloop_free(loop);
  return answer.rate;
}

}  // namespace segue
