// What is known of a crash at the next start: a small file, mapped into memory, that says which audio files are being
// opened, and, written by a signal handler, which file's thread it was that crashed. Called by decoder threads and tools.
// Noting a file is a few stores: no system call, nothing is waited for, nothing is forced to the disk.
#pragma once
#include "core/source.h"

namespace segue {

// The file: pages of 4096 bytes. The first: kCrashNoteMagic, then the signal by which the process crashed (a byte; 0:
// none, or another process sent it). Each other: state (a byte: 0 free, 1 being opened, 2 open), the signal that hit its
// thread while it worked on this file (a byte; 0: none), two bytes unused, the length of the path (4 bytes, in the
// machine's order), the path.
inline constexpr char kCrashNoteMagic[] = "SEGUE-1\n";
inline constexpr int kCrashNoteSlots = 16;

// Empties and maps the file, and notes fatal signals in it from now on; whoever handled them before still does. Once a
// process. False: it cannot be mapped, and nothing is noted.
bool installCrashNote(const char* path);

// As `open`, and the file stands in the note until its source is destroyed.
OpenResult openNoted(OpenSource open, const char* path, int rateHz);

}  // namespace segue
