// A snapshot as a row of numbers in memory that JavaScript sees (audio/snapshot-tape.ts): it is taken each second and at every
// event, and making objects through Node-API costs several times what JavaScript needs to make them from this.
#pragma once
#include <cstddef>

#include "core/engine.h"

namespace segue {

// Writes as much as there is room for. The first cell says how much room all of it takes.
void writeSnapshot(const Snapshot& snapshot, double volume, double* cells, std::size_t room);

}  // namespace segue
