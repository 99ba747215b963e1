// RFC 9639, section 9.2.
#include "decode/flac_subframe.h"

#include <array>

namespace segue {
namespace {

constexpr int kMostOrder = 32;

bool readResidual(FlacBits& bits, int order, std::vector<std::int64_t>& out) {
  const std::uint64_t method = bits.take(2);
  if (method > 1) return false;
  const int parameterWidth = method == 0 ? 4 : 5;
  const int partitionOrder = static_cast<int>(bits.take(4));
  const std::size_t perPartition = out.size() >> partitionOrder;
  if (perPartition << partitionOrder != out.size() || perPartition < static_cast<std::size_t>(order)) return false;
  std::size_t at = static_cast<std::size_t>(order);
  for (std::size_t partition = 0; partition < std::size_t{1} << partitionOrder; ++partition) {
    const int parameter = static_cast<int>(bits.take(parameterWidth));
    const bool isEscaped = parameter == (1 << parameterWidth) - 1;
    const int width = isEscaped ? static_cast<int>(bits.take(5)) : parameter;
    for (const std::size_t end = (partition + 1) * perPartition; at < end; ++at) {
      if (isEscaped) {
        out[at] = bits.takeSigned(width);
        continue;
      }
      const auto folded = (static_cast<std::uint64_t>(bits.takeUnary()) << width) | (width > 0 ? bits.take(width) : 0);
      out[at] = static_cast<std::int64_t>(folded >> 1) ^ -static_cast<std::int64_t>(folded & 1);
    }
    if (bits.isPastEnd()) return false;
  }
  return true;
}

// Sums in unsigned arithmetic: a damaged frame may overflow, and is thrown away by its checksum.
void predict(std::vector<std::int64_t>& out, const std::array<std::int64_t, kMostOrder>& weights, int order, int shift) {
  for (std::size_t n = static_cast<std::size_t>(order); n < out.size(); ++n) {
    std::uint64_t sum = 0;
    for (std::size_t k = 0; k < static_cast<std::size_t>(order); ++k)
      sum += static_cast<std::uint64_t>(weights[k]) * static_cast<std::uint64_t>(out[n - 1 - k]);
    const std::int64_t predicted = static_cast<std::int64_t>(sum) >> shift;
    out[n] = static_cast<std::int64_t>(static_cast<std::uint64_t>(out[n]) + static_cast<std::uint64_t>(predicted));
  }
}

}  // namespace

bool readFlacSubframe(FlacBits& bits, int depth, std::vector<std::int64_t>& out) {
  if (bits.take(1) != 0) return false;
  const int type = static_cast<int>(bits.take(6));
  const int wasted = bits.take(1) != 0 ? static_cast<int>(bits.takeUnary()) + 1 : 0;
  const int width = depth - wasted;
  if (width < 1) return false;
  std::array<std::int64_t, kMostOrder> weights{};
  int order = 0, shift = 0;
  if (type == 0) {
    out.assign(out.size(), bits.takeSigned(width));
  } else if (type == 1) {
    for (std::int64_t& sample : out) sample = bits.takeSigned(width);
  } else if (type >= 8 && type <= 12) {
    static constexpr std::int64_t kFixed[5][4] = {{}, {1}, {2, -1}, {3, -3, 1}, {4, -6, 4, -1}};
    order = type - 8;
    if (out.size() < static_cast<std::size_t>(order)) return false;
    for (int k = 0; k < order; ++k) weights[static_cast<std::size_t>(k)] = kFixed[order][k];
    for (int n = 0; n < order; ++n) out[static_cast<std::size_t>(n)] = bits.takeSigned(width);
  } else if (type >= 32) {
    order = type - 31;
    if (out.size() < static_cast<std::size_t>(order)) return false;
    for (int n = 0; n < order; ++n) out[static_cast<std::size_t>(n)] = bits.takeSigned(width);
    const int precision = static_cast<int>(bits.take(4)) + 1;
    shift = static_cast<int>(bits.takeSigned(5));
    if (precision > 15 || shift < 0) return false;
    for (int k = 0; k < order; ++k) weights[static_cast<std::size_t>(k)] = bits.takeSigned(precision);
  } else {
    return false;
  }
  if (type >= 8) {
    if (!readResidual(bits, order, out)) return false;
    predict(out, weights, order, shift);
  }
  if (wasted > 0)
    for (std::int64_t& sample : out) sample = static_cast<std::int64_t>(static_cast<std::uint64_t>(sample) << wasted);
  return !bits.isPastEnd();
}

}  // namespace segue
