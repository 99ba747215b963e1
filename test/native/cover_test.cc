// Covers sized: shapes, colours of every kind of pixel, what is transparent, how it lies, and what is refused.
#include <doctest/doctest.h>

#include <random>
#include <string>
#include <utility>

#include "cover/area.h"
#include "cover/open.h"
#include "cover/size_cover.h"
#include "pictures.h"

using namespace pictures;
using segue::cover::AreaFilter;
using segue::cover::Outcome;
using segue::cover::Pixels;
using segue::cover::sizeCover;

namespace {

Bytes png(AVPixelFormat format, int width, int height, const Paint& paint) {
  return encoded("png", painted(format, width, height, paint));
}

Decoded sizedTo(const Bytes& file, int longerSide) {
  const auto sized = sizeCover(file, longerSide, 0);
  REQUIRE(sized.outcome == Outcome::sized);
  return decoded(sized.jpeg);
}

bool isNear(const Rgba& a, const Rgba& b, int most = 7) {
  bool isSo = true;
  for (std::size_t i = 0; i < 3; ++i) isSo = isSo && std::abs(a[i] - b[i]) <= most;
  if (!isSo) MESSAGE(a[0], ",", a[1], ",", a[2], " is not ", b[0], ",", b[1], ",", b[2]);
  return isSo;
}

// The mean of 5 x 5 pixels: JPEG rings beside an edge.
Rgba around(const Decoded& d, int x, int y) {
  Rgba sum{};
  for (int dy = -2; dy <= 2; ++dy)
    for (int dx = -2; dx <= 2; ++dx)
      for (std::size_t i = 0; i < 3; ++i) sum[i] += d.at(x + dx, y + dy)[i];
  for (int& value : sum) value /= 25;
  return sum;
}

// The middles of the four quarters, in the order of reading.
std::array<Rgba, 4> quarters(const Decoded& d) {
  const int left = d.width() / 4, right = d.width() - 1 - left, top = d.height() / 4, bottom = d.height() - 1 - top;
  return {around(d, left, top), around(d, right, top), around(d, left, bottom), around(d, right, bottom)};
}

void checkCorners(const Decoded& d, const std::array<Rgba, 4>& wanted = {kRed, kGreen, kBlue, kYellow}) {
  const auto found = quarters(d);
  for (std::size_t i = 0; i < 4; ++i) CHECK(isNear(found[i], wanted[i]));
}

Bytes withBigEndian(Bytes bytes, std::size_t at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) bytes[at + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  return bytes;
}

}  // namespace

TEST_CASE("the longer side is what was asked for, the shape stays, nothing is enlarged") {
  struct Case {
    int width, height, asked, resultWidth, resultHeight;
  };
  for (const Case& c : {Case{300, 200, 96, 96, 64}, {200, 300, 96, 64, 96}, {97, 97, 96, 96, 96}, {96, 96, 96, 96, 96},
                        {60, 40, 96, 60, 40}, {1, 1, 96, 1, 1}, {3, 5, 4, 2, 4}, {10000, 1, 96, 96, 1}, {1, 10000, 384, 1, 384},
                        {10000, 30, 96, 96, 1}, {385, 384, 384, 384, 383}, {17, 33, 8, 4, 8}, {2000, 1000, 1536, 1536, 768}}) {
    CAPTURE(c.width);
    CAPTURE(c.height);
    const Decoded d = sizedTo(png(AV_PIX_FMT_RGB24, c.width, c.height, corners(c.width, c.height)), c.asked);
    CHECK(d.width() == c.resultWidth);
    CHECK(d.height() == c.resultHeight);
  }
}

TEST_CASE("every kind of pixel comes out in its colours") {
  constexpr int kWidth = 130, kHeight = 90;
  const Paint paint = corners(kWidth, kHeight);
  const auto gray = [](const Rgba& c) {
    const int value = static_cast<int>(std::lround(0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]));
    return Rgba{value, value, value, 255};
  };
  const std::array<Rgba, 4> grays{gray(kRed), gray(kGreen), gray(kBlue), gray(kYellow)};
  struct Case {
    const char* encoder;
    AVPixelFormat format;
    const char* option = nullptr;
  };
  for (const int side : {64, 130})
    for (const Case& c :
         {Case{"png", AV_PIX_FMT_RGB24}, {"png", AV_PIX_FMT_RGBA}, {"png", AV_PIX_FMT_RGB48BE}, {"png", AV_PIX_FMT_RGBA64BE},
          {"png", AV_PIX_FMT_PAL8}, {"bmp", AV_PIX_FMT_BGR24}, {"bmp", AV_PIX_FMT_BGRA}, {"gif", AV_PIX_FMT_PAL8},
          {"libwebp", AV_PIX_FMT_YUV420P}, {"libwebp", AV_PIX_FMT_YUVA420P}, {"libwebp", AV_PIX_FMT_BGRA, "lossless"},
          {"mjpeg", AV_PIX_FMT_YUVJ420P}, {"mjpeg", AV_PIX_FMT_YUVJ422P}, {"mjpeg", AV_PIX_FMT_YUVJ444P}}) {
      CAPTURE(std::string(c.encoder));
      CAPTURE(c.format);
      CAPTURE(side);
      checkCorners(sizedTo(encoded(c.encoder, painted(c.format, kWidth, kHeight, paint), c.option), side));
    }
  for (const AVPixelFormat format : {AV_PIX_FMT_GRAY8, AV_PIX_FMT_GRAY16BE, AV_PIX_FMT_YA8, AV_PIX_FMT_YA16BE}) {
    CAPTURE(format);
    checkCorners(sizedTo(png(format, kWidth, kHeight, paint), 64), grays);
  }
  const Paint bits = [](int x, int) { return x < kWidth / 2 ? Rgba{0, 0, 0, 255} : Rgba{255, 255, 255, 255}; };
  const Decoded mono = sizedTo(png(AV_PIX_FMT_MONOBLACK, kWidth, kHeight, bits), 40);
  CHECK(isNear(mono.at(5, 5), {0, 0, 0, 255}));
  CHECK(isNear(mono.at(35, 5), {255, 255, 255, 255}));
}

TEST_CASE("JPEG of one, three and four colours") {
  const auto block = [](int x, int y) { return corners(8, 6)(x, y); };
  const auto rgb = FlatJpeg(64, 48, 3, 0, [&](int x, int y, int c) { return block(x, y)[static_cast<std::size_t>(c)]; });
  checkCorners(sizedTo(FlatJpeg(rgb).take(), 32));
  const Decoded gray = sizedTo(FlatJpeg(64, 48, 1, -1, [](int x, int, int) { return x < 4 ? 40 : 210; }).take(), 32);
  CHECK(isNear(gray.at(4, 4), {40, 40, 40, 255}));
  CHECK(isNear(gray.at(28, 20), {210, 210, 210, 255}));
  // Adobe writes CMYK the wrong way round: 255 is no ink. So each value is its colour times what black leaves of it.
  const auto cmyk = [&](int black) {
    return [&, black](int x, int y, int c) { return c == 3 ? black : block(x, y)[static_cast<std::size_t>(c)]; };
  };
  checkCorners(sizedTo(FlatJpeg(64, 48, 4, 0, cmyk(255)).take(), 32));
  const Decoded dark = sizedTo(FlatJpeg(64, 48, 4, 0, cmyk(128)).take(), 32);
  CHECK(isNear(dark.at(4, 4), {100, 15, 20, 255}));
  // YCCK: the first three as YCbCr of what they are in CMYK.
  const auto ycck = FlatJpeg(64, 48, 4, 2, [](int, int, int c) { return std::array{100, 128, 128, 255}[static_cast<std::size_t>(c)]; });
  CHECK(isNear(sizedTo(FlatJpeg(ycck).take(), 32).at(16, 12), {155, 155, 155, 255}));
}

TEST_CASE("what is transparent shows the ground, and nothing of the colour that is hidden there") {
  const Rgba ground{22, 22, 26, 255};
  const Paint hidden = [](int x, int y) { return (x + y) % 2 ? Rgba{0, 255, 0, 0} : Rgba{200, 0, 0, 255}; };
  const Paint half = [](int, int) { return Rgba{255, 255, 255, 128}; };
  for (const AVPixelFormat format : {AV_PIX_FMT_RGBA, AV_PIX_FMT_RGBA64BE, AV_PIX_FMT_PAL8}) {
    CAPTURE(format);
    CHECK(isNear(sizedTo(png(format, 64, 64, hidden), 32).at(16, 16), {111, 11, 13, 255}));
    CHECK(isNear(sizedTo(png(format, 64, 64, half), 32).at(16, 16), {139, 139, 141, 255}));
    CHECK(isNear(sizedTo(png(format, 64, 64, [](int, int) { return Rgba{255, 0, 255, 0}; }), 32).at(16, 16), ground));
  }
}

TEST_CASE("it lies as its EXIF says, sized or at its size") {
  const Bytes jpeg = encoded("mjpeg", painted(AV_PIX_FMT_YUVJ420P, 160, 96, corners(160, 96)));
  // For 1 to 8: what is then seen at the four corners (CIPA DC-008, 4.6.4 A).
  const std::array<std::array<Rgba, 4>, 8> seen{{{kRed, kGreen, kBlue, kYellow},
                                                 {kGreen, kRed, kYellow, kBlue},
                                                 {kYellow, kBlue, kGreen, kRed},
                                                 {kBlue, kYellow, kRed, kGreen},
                                                 {kRed, kBlue, kGreen, kYellow},
                                                 {kBlue, kRed, kYellow, kGreen},
                                                 {kYellow, kGreen, kBlue, kRed},
                                                 {kGreen, kYellow, kRed, kBlue}}};
  for (std::uint8_t orientation = 1; orientation <= 8; ++orientation)
    for (const int side : {64, 160}) {
      CAPTURE(orientation);
      const Decoded d = sizedTo(lying(jpeg, orientation), side);
      CHECK(std::max(d.width(), d.height()) == side);
      CHECK((d.width() > d.height()) == (orientation <= 4));
      checkCorners(d, seen[orientation - 1U]);
    }
}

TEST_CASE("a large JPEG, decoded at a fraction, looks as if it had been decoded whole") {
  const Paint paint = [](int x, int y) {
    const auto wave = [](double v) { return static_cast<int>(std::lround(128 + 100 * std::sin(v))); };
    return Rgba{wave(x / 90.0), wave((x + y) / 130.0), wave(y / 70.0), 255};
  };
  const Bytes jpeg = encoded("mjpeg", painted(AV_PIX_FMT_YUVJ420P, 1999, 1501, paint));
  const Decoded small = sizedTo(jpeg, 96), whole = sizedTo(png(AV_PIX_FMT_RGB24, 1999, 1501, paint), 96);
  REQUIRE(small.width() == 96);
  REQUIRE(small.height() == whole.height());
  CHECK(segue::cover::openPicture(jpeg, 96).frame->width == 250);
  double sum = 0;
  for (int y = 0; y < small.height(); ++y)
    for (int x = 0; x < 96; ++x)
      for (std::size_t i = 0; i < 3; ++i) sum += std::abs(small.at(x, y)[i] - whole.at(x, y)[i]);
  CHECK(sum / (3.0 * 96 * small.height()) < 2.5);
}

TEST_CASE("one that is small in pixels and in bytes fits; the same bytes come out twice") {
  const Bytes file = png(AV_PIX_FMT_RGB24, 96, 50, corners(96, 50));
  CHECK(sizeCover(file, 96, file.size()).outcome == Outcome::fits);
  CHECK(sizeCover(file, 96, file.size() - 1).outcome == Outcome::sized);
  CHECK(sizeCover(file, 95, file.size()).outcome == Outcome::sized);
  CHECK(sizeCover(file, 40, 0).jpeg == sizeCover(file, 40, 0).jpeg);
}

TEST_CASE("what is no picture, or too large, is refused") {
  CHECK(sizeCover({}, 96, 1000).outcome == Outcome::refused);
  const std::string text = "<svg xmlns='http://www.w3.org/2000/svg'/>, which no browser shall be sent by this";
  CHECK(sizeCover({text.begin(), text.end()}, 96, 1000).outcome == Outcome::refused);
  for (const char* head : {"\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "GIF89a", "BM", "RIFF\1\1\1\1WEBP"}) {
    CAPTURE(std::string(head));
    Bytes bytes(head, head + std::strlen(head));
    CHECK(sizeCover(bytes, 96, 1000).outcome == Outcome::refused);
    bytes.resize(5000, 0xaa);
    CHECK(sizeCover(bytes, 96, 1000).outcome == Outcome::refused);
  }
  const Bytes small = png(AV_PIX_FMT_RGB24, 64, 64, corners(64, 64));
  for (const std::uint32_t side : {60000U, 8193U, 0U, 0x7fffffffU, 0xffffffffU}) {
    CAPTURE(side);
    CHECK(sizeCover(withBigEndian(withBigEndian(small, 16, side), 20, side), 96, 1000).outcome == Outcome::refused);
  }
  // The largest that is taken, of a size that its header says and its data has.
  const Bytes wide = png(AV_PIX_FMT_GRAY8, 65535, 9, [](int, int) { return kRed; });
  CHECK(sizedTo(wide, 768).width() == 768);
}

TEST_CASE("cut anywhere, it is a picture or refused") {
  for (const Bytes& whole : {png(AV_PIX_FMT_RGBA, 64, 48, corners(64, 48)),
                             encoded("mjpeg", painted(AV_PIX_FMT_YUVJ420P, 64, 48, corners(64, 48))),
                             encoded("gif", painted(AV_PIX_FMT_PAL8, 64, 48, corners(64, 48)))})
    for (std::size_t length = 0; length < whole.size(); length += 7) {
      const auto sized = sizeCover({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}, 32, 0);
      if (sized.outcome == Outcome::sized) CHECK(decoded(sized.jpeg).width() == 32);
    }
}

TEST_CASE("the area filter takes the mean of what each pixel covers") {
  std::mt19937 dice(7);
  for (int round = 0; round < 60; ++round) {
    const auto upTo = [&dice](int most) { return 1 + static_cast<int>(dice() % static_cast<unsigned>(most)); };
    const int sourceWidth = upTo(90), sourceHeight = upTo(90), width = upTo(sourceWidth), height = upTo(sourceHeight);
    std::vector<std::uint8_t> source(3U * static_cast<unsigned>(sourceWidth * sourceHeight));
    for (auto& value : source) value = static_cast<std::uint8_t>(dice());
    AreaFilter filter(sourceWidth, sourceHeight, width, height);
    for (int y = 0; y < sourceHeight; ++y) filter.addRow(source.data() + 3 * y * sourceWidth);
    const Pixels small = filter.take();
    REQUIRE(small.rgb.size() == 3U * static_cast<unsigned>(width * height));
    // By shares in floating point, pixel by pixel: how much of the source's x-th column lies in the result's i-th.
    const auto share = [](int x, int i, int from, int to) {
      const double scale = static_cast<double>(from) / to;
      return std::max(0.0, std::min(x + 1.0, (i + 1) * scale) - std::max<double>(x, i * scale));
    };
    for (int j = 0; j < height; ++j)
      for (int i = 0; i < width; ++i) {
        double sum = 0, area = 0;
        for (int y = 0; y < sourceHeight; ++y)
          for (int x = 0; x < sourceWidth; ++x) {
            const double part = share(x, i, sourceWidth, width) * share(y, j, sourceHeight, height);
            sum += part * source[static_cast<std::size_t>(3 * (y * sourceWidth + x) + 1)];
            area += part;
          }
        REQUIRE(std::abs(sum / area - small.rgb[static_cast<std::size_t>(3 * (j * width + i) + 1)]) < 0.501);
      }
  }
}
