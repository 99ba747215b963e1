// Reading a file's own bytes beside libav: a small positioned reader and integer readers. Blocks; no state but the handle.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <vector>

namespace segue {

class FileBytes {
 public:
  explicit FileBytes(const char* path) : file_(std::fopen(path, "rb")) {
    if (!file_ || fseeko(file_.get(), 0, SEEK_END) != 0) return;
    size_ = ftello(file_.get());
  }
  std::int64_t size() const { return size_; }
  // What is there of [position, position + count): shorter at the end of the file, empty outside.
  std::vector<std::uint8_t> at(std::int64_t position, std::int64_t count) const {
    std::vector<std::uint8_t> bytes;
    if (!file_ || position < 0 || position >= size_ || count <= 0) return bytes;
    if (fseeko(file_.get(), position, SEEK_SET) != 0) return bytes;
    bytes.resize(static_cast<std::size_t>(count < size_ - position ? count : size_ - position));
    bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file_.get()));
    return bytes;
  }

 private:
  struct Close {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  std::unique_ptr<std::FILE, Close> file_;
  std::int64_t size_ = 0;
};

inline std::uint32_t bigEndian32(const std::uint8_t* p) {
  return (std::uint32_t{p[0]} << 24) | (std::uint32_t{p[1]} << 16) | (std::uint32_t{p[2]} << 8) | p[3];
}
inline std::uint64_t bigEndian64(const std::uint8_t* p) {
  return (std::uint64_t{bigEndian32(p)} << 32) | bigEndian32(p + 4);
}
inline std::uint32_t littleEndian32(const std::uint8_t* p) {
  return (std::uint32_t{p[3]} << 24) | (std::uint32_t{p[2]} << 16) | (std::uint32_t{p[1]} << 8) | p[0];
}
inline std::uint64_t littleEndian64(const std::uint8_t* p) {
  return (std::uint64_t{littleEndian32(p + 4)} << 32) | littleEndian32(p);
}

}  // namespace segue
