// What is in a file apart from what is written about it. Blocks; called by a tool's thread.
#pragma once
#include <string>

#include "decode/input.h"

namespace segue {

struct AudioKey {
  InputFailure failure;
  // 32 hexadecimal digits: the same as long as the coded audio is, whatever its tags, pictures and name are.
  std::string digits;
};

// Reads all packets of the audio stream and decodes none.
AudioKey audioKeyOf(const char* path);

}  // namespace segue
