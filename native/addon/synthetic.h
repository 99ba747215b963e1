// Sources made of numbers, for tests of the protocol: every frame says whose it is and which it is. Behind
// the path prefix "synthetic:", and only where the tests ask for it. Decoder threads.
//
//   synthetic:frames=480000,code=5     left 2^-(1 + code mod 20), right (frame mod 2^22) / 2^23: both exact
//   in float synthetic:frames=480000,value=0.5  both channels constant
// and, to go wrong: real=N (the file holds only N frames), open=missing|broken, stall=N (a read at frame N
// hangs until interrupted), breaks=N (a read at frame N fails), hang=N (hangs at frame N whatever anybody
// says), slow=N (each read takes N ms).
#pragma once
#include "core/source.h"

namespace segue {

inline constexpr char kSyntheticPrefix[] = "synthetic:";

OpenResult openSynthetic(const char* path, int rateHz);

// Lets every read that hangs for good go on, so that a test can end its threads.
void releaseSyntheticHangs();

}  // namespace segue
