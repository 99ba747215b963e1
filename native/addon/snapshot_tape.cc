// See snapshot_tape.h. In the order in which audio/snapshot-tape.ts reads it.
#include "addon/snapshot_tape.h"

#include <algorithm>

namespace segue {

namespace {

class Tape {
 public:
  Tape(double* cells, std::size_t room) : cells_(cells), room_(room) { put(0.0); }
  ~Tape() {
    if (room_ > 0) cells_[0] = static_cast<double>(used_);
  }
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  void put(double value) {
    if (used_ < room_) cells_[used_] = value;
    ++used_;
  }
  // Entries, plans and frames are below 2^53.
  void put(std::int64_t value) { put(static_cast<double>(value)); }

 private:
  double* cells_;
  std::size_t room_;
  std::size_t used_ = 0;
};

void put(Tape& tape, const PublishedVoice& voice) {
  for (const std::int64_t each : {voice.entry, voice.plan, voice.isCurrent, voice.at, voice.start, voice.end,
                                  voice.startedAt, voice.buffered}) {
    tape.put(each);
  }
}

void put(Tape& tape, const EndedVoice& voice) {
  tape.put(static_cast<std::int64_t>(voice.reason));
  for (const std::int64_t each :
       {voice.entry, voice.plan, voice.startedAt, voice.endedAt, voice.heard, voice.at}) {
    tape.put(each);
  }
}

}  // namespace

void writeSnapshot(const Snapshot& snapshot, double volume, double* cells, std::size_t room) {
  const auto& [state, hasNext, nextEntry, nextPlan, nextBuffered, ended] = snapshot;
  const auto sounding = std::count_if(state.voices.begin(), state.voices.end(),
                                      [](const PublishedVoice& voice) { return voice.entry != 0; });
  Tape tape(cells, room);
  tape.put(state.streamFrame);
  tape.put(state.playing);
  tape.put(volume);
  tape.put(hasNext ? nextEntry : 0);
  tape.put(nextPlan);
  tape.put(nextBuffered);
  tape.put(static_cast<std::int64_t>(sounding));
  tape.put(static_cast<std::int64_t>(ended.size()));
  for (const PublishedVoice& voice : state.voices) {
    if (voice.entry != 0) put(tape, voice);
  }
  for (const EndedVoice& voice : ended) put(tape, voice);
}

}  // namespace segue
