#pragma once
// The gates of a recurrent layer, one row of hidden units at a time. src/kernels/js/recurrent.ts has the
// formulas. Each gate adds the input's part and h's part, with one rounding. FMAs are where `fma` is.

#include "isa.h"
#include "../numerics/math.h"

namespace simdgrad::SIMDGRAD_ISA_NS {
namespace {

constexpr int64_t gatesOf(Cell cell) { return cell == Cell::lstm ? 4 : cell == Cell::gru ? 3 : 1; }

/** A row of the units of one step. Gates are `apart` floats apart in `gates`, and `partApart` in `part`. */
struct CellRow {
  float* gates;
  int64_t apart;
  const float* part;  // the product of h
  int64_t partApart;
  const float* h;  // previous
  float* c;        // previous, then next
  float* inner;    // or null
  float* to;
};

template <Cell cell>
SIMD_INLINE void forwardRow(int64_t units, const CellRow& r) {
  forVectors(static_cast<size_t>(units), [&](size_t j, auto lanes) {
    const auto x = [&](int q) { return load(r.gates + q * r.apart + j, lanes); };
    const auto u = [&](int q) { return load(r.part + q * r.partApart + j, lanes); };
    const auto keep = [&](int q, Vec value) { store(r.gates + q * r.apart + j, value, lanes); };
    if constexpr (cell == Cell::lstm) {
      const Vec i = sigmoid(x(0) + u(0)), f = sigmoid(x(1) + u(1)), g = tanh(x(2) + u(2)), o = sigmoid(x(3) + u(3));
      const Vec next = fma(f, load(r.c + j, lanes), i * g);
      keep(0, i), keep(1, f), keep(2, g), keep(3, o);
      store(r.c + j, next, lanes);
      if (r.inner) store(r.inner + j, next, lanes);
      store(r.to + j, o * tanh(next), lanes);
    } else if constexpr (cell == Cell::gru) {
      const Vec reset = sigmoid(x(0) + u(0)), z = sigmoid(x(1) + u(1)), q = u(2), n = tanh(fma(reset, q, x(2)));
      keep(0, reset), keep(1, z), keep(2, n);
      if (r.inner) store(r.inner + j, q, lanes);
      store(r.to + j, fma(z, load(r.h + j, lanes) - n, n), lanes);
    } else {
      const Vec sum = x(0) + u(0);
      // For NaN the result of max is its second operand.
      const Vec next = cell == Cell::tanh ? tanh(sum) : max(zero(), sum);
      keep(0, next);
      store(r.to + j, next, lanes);
    }
  });
}

/** A row of gradients. Gates are `apart` floats apart. */
struct GradRow {
  const float* gates;
  int64_t apart;
  const float* inner;
  const float* before;  // c of an LSTM, h of a GRU: the previous one
  const float* g;       // of h, before the projection
  float* gx;
  float* gu;     // of a GRU
  float* gc;     // of c, then of the previous c
  float* carry;  // of a GRU: the part of the gradient of the previous h that passes no product
};

template <Cell cell>
SIMD_INLINE void backwardRow(int64_t units, const GradRow& r) {
  const Vec one = broadcast(1.0f);
  forVectors(static_cast<size_t>(units), [&](size_t j, auto lanes) {
    const auto gate = [&](int q) { return load(r.gates + q * r.apart + j, lanes); };
    const auto give = [&](float* to, int q, Vec value) { store(to + q * r.apart + j, value, lanes); };
    const auto slope = [&](Vec y) { return fnma(y, y, y); };              // of sigmoid: y - y²
    const auto slopeOfTanh = [&](Vec y) { return fnma(y, y, one); };      // 1 - y²
    const Vec d = load(r.g + j, lanes);
    if constexpr (cell == Cell::lstm) {
      const Vec i = gate(0), f = gate(1), g = gate(2), o = gate(3), bent = tanh(load(r.inner + j, lanes));
      const Vec dc = fma(d * o, slopeOfTanh(bent), load(r.gc + j, lanes));
      give(r.gx, 0, dc * g * slope(i));
      give(r.gx, 1, dc * load(r.before + j, lanes) * slope(f));
      give(r.gx, 2, dc * i * slopeOfTanh(g));
      give(r.gx, 3, d * bent * slope(o));
      store(r.gc + j, dc * f, lanes);
    } else if constexpr (cell == Cell::gru) {
      const Vec reset = gate(0), z = gate(1), n = gate(2);
      const Vec dn = d * (one - z) * slopeOfTanh(n);
      const Vec dr = dn * load(r.inner + j, lanes) * slope(reset);
      const Vec dz = d * (load(r.before + j, lanes) - n) * slope(z);
      give(r.gx, 0, dr), give(r.gx, 1, dz), give(r.gx, 2, dn);
      give(r.gu, 0, dr), give(r.gu, 1, dz), give(r.gu, 2, dn * reset);
      store(r.carry + j, d * z, lanes);
    } else {
      const Vec h = gate(0);
      give(r.gx, 0, cell == Cell::tanh ? d * slopeOfTanh(h) : select(le(h, zero()), zero(), d));
    }
  });
}

}  // namespace
}  // namespace simdgrad::SIMDGRAD_ISA_NS
