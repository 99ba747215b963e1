// Covers from damaged files: cut, flipped, zeroed, spliced. Whatever they are, they are sized or refused, and the sanitizers
// have nothing to say. Seeded: the same files every time.
#include <doctest/doctest.h>

#include <random>

#include "cover/size_cover.h"
#include "pictures.h"

using namespace pictures;

namespace {

constexpr int kMutations = 4000;
// Parsers live in the head of a file: half of all damage goes there.
constexpr std::size_t kHead = 200;

Bytes mutated(const std::vector<Bytes>& specimens, unsigned number) {
  std::mt19937 dice(number);
  const auto below = [&dice](std::size_t limit) { return limit == 0 ? 0 : dice() % limit; };
  Bytes bytes = specimens[number % specimens.size()];
  const auto place = [&] { return below(dice() % 2 ? std::min(kHead, bytes.size()) : bytes.size()); };
  switch (dice() % 4) {
    case 0:
      bytes.resize(place());
      break;
    case 1:
      for (std::size_t left = 1 + below(std::size_t{1} << below(7)); left > 0; --left)
        bytes[place()] ^= static_cast<std::uint8_t>(1U << below(8));
      break;
    case 2: {
      const std::size_t at = place(), length = std::min(bytes.size() - at, 1 + below(64));
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), length, dice() % 2 ? 0 : 0xff);
      break;
    }
    default: {
      const Bytes& other = specimens[below(specimens.size())];
      const auto at = static_cast<std::ptrdiff_t>(place());
      bytes.insert(bytes.begin() + at, other.begin(), other.begin() + static_cast<std::ptrdiff_t>(1 + below(other.size() - 1)));
    }
  }
  return bytes;
}

}  // namespace

TEST_CASE("damaged pictures are sized or refused") {
  const Paint paint = corners(75, 53);
  const Paint sheer = [&](int x, int y) {
    const Rgba c = paint(x, y);
    return Rgba{c[0], c[1], c[2], (3 * x + y) % 256};
  };
  const auto make = [](const char* encoder, AVPixelFormat format, const Paint& with, const char* option = nullptr) {
    return encoded(encoder, painted(format, 75, 53, with), option);
  };
  const std::vector<Bytes> specimens{
      make("mjpeg", AV_PIX_FMT_YUVJ420P, paint),
      lying(make("mjpeg", AV_PIX_FMT_YUVJ444P, paint), 6),
      FlatJpeg(75, 53, 4, 2, [](int x, int y, int c) { return (x * 31 + y * 57 + c * 90) % 256; }).take(),
      FlatJpeg(75, 53, 1, -1, [](int x, int y, int) { return (x * 31 + y * 57) % 256; }).take(),
      make("png", AV_PIX_FMT_RGBA, sheer),
      make("png", AV_PIX_FMT_RGB48BE, paint),
      make("png", AV_PIX_FMT_PAL8, paint),
      make("gif", AV_PIX_FMT_PAL8, paint),
      make("bmp", AV_PIX_FMT_BGR24, paint),
      make("libwebp", AV_PIX_FMT_YUVA420P, sheer),
      make("libwebp", AV_PIX_FMT_BGRA, sheer, "lossless"),
  };
  int sized = 0, refused = 0;
  for (unsigned number = 0; number < kMutations; ++number) {
    CAPTURE(number);
    const auto result = segue::cover::sizeCover(mutated(specimens, number), 32, 0);
    if (result.outcome == segue::cover::Outcome::sized) {
      ++sized;
      const Decoded d = decoded(result.jpeg);
      CHECK(std::max(d.width(), d.height()) <= 32);
    } else ++refused;
  }
  // Neither is rare: otherwise the damage would be of one kind alone.
  CHECK(sized > kMutations / 10);
  CHECK(refused > kMutations / 10);
  MESSAGE("sized: ", sized, ", refused: ", refused);
}
