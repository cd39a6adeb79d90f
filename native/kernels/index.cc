// Gather and scatter-add by index (indices.h).

#include "isa.h"
#include "../threads/pool.h"
#include "../simd/simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

namespace {

constexpr int64_t grainElements = 16384;
int64_t grainOf(int64_t each) { return each >= grainElements ? 1 : grainElements / (each > 0 ? each : 1); }

void takeRows(const TakeRows& t) {
  const Vec scale = broadcast(t.scale), shift = broadcast(t.shift);
  const size_t width = static_cast<size_t>(t.width);
  parallelFor(static_cast<size_t>(t.count), static_cast<size_t>(grainOf(t.width)), [&](size_t begin, size_t end) {
    for (size_t j = begin; j < end; j++) {
      float* out = t.out + j * width;
      const size_t from = static_cast<size_t>(t.index[static_cast<int64_t>(j)]) * width;
      if (t.bytes) {
        const uint8_t* x = t.bytes + from;
        forVectors(width, [&](size_t i, auto lanes) { store(out + i, fma(loadU8(x + i, lanes), scale, shift), lanes); });
      } else {
        const float* x = t.floats + from;
        forVectors(width, [&](size_t i, auto lanes) { store(out + i, fma(load(x + i, lanes), scale, shift), lanes); });
      }
    }
  });
}

/**
 * out[o, index[j], :] += g[o, j, :], with j in order. Parallel over outer and over tiles of inner, so that no
 * two threads write the same element.
 */
void indexAdd(int64_t outer, int64_t inner, int64_t count, Indices index, const float* g, float* out) {
  constexpr int64_t tile = 256;
  const int64_t tiles = (inner + tile - 1) / tile;
  const int64_t each = count * (inner < tile ? inner : tile);
  parallelFor(static_cast<size_t>(outer * tiles), static_cast<size_t>(grainOf(each)), [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; t++) {
      const int64_t o = static_cast<int64_t>(t) / tiles, column = static_cast<int64_t>(t) % tiles * tile;
      const size_t n = static_cast<size_t>(inner - column < tile ? inner - column : tile);
      for (int64_t j = 0; j < count; j++) {
        const float* from = g + (o * count + j) * inner + column;
        float* to = out + (o * index.length + index[j]) * inner + column;
        forVectors(n, [&](size_t i, auto lanes) { store(to + i, load(to + i, lanes) + load(from + i, lanes), lanes); });
      }
    }
  });
}

}  // namespace

void addIndex(Isa& isa) {
  isa.takeRows = takeRows;
  isa.indexAdd = indexAdd;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
