#pragma once
// Both forms of gelu and their gradients, in float arithmetic. Where a tiny exponential is a factor, its
// exponent is kept as a sum of two floats.

#include "math.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

// Only the left side is small. With a = |x|, Φ(-a) the lower tail of the normal distribution and φ its
// density:
//
//   gelu(-a) = -a·Φ(-a)            gelu(a) = a - a·Φ(-a)
//   gelu'(-a) = Φ(-a) - a·φ(a)     gelu'(a) = 1 - gelu'(-a)
//
// Below 4, where all but one in 16000 normally distributed arguments are, they are polynomials on 16
// intervals of a quarter. Beyond, S(a) = a·e^(a²/2)·Φ(-a) is nearly constant, and the exponential is a
// factor. Rows of the tables: the centre c of each interval, then the coefficients in a - c. The centres of
// the first table were chosen, among 3000 floats near the middle of each interval, so that the function value
// at the centre is within 2^-34 of a float: the constant term has no error of its own. All coefficients are
// weighted least-squares fits, iterated to the minimax fit (Lawson). Each coefficient was rounded to float
// before the next ones were fitted again. The first interval has its centre at 0, where a·Φ(-a) is 0, so its
// relative precision is kept.

/** a·Φ(-a), 2^-27.9 relative. */
alignas(64) static const float geluNear[8][16] = {
    {0.0f, 0.375033f, 0.6250701f, 0.8749365f, 1.1250267f, 1.3751776f, 1.6250802f, 1.8749443f, 2.1247349f, 2.3750648f,
     2.625055f, 2.8748035f, 3.1250243f, 3.3747709f, 3.6249845f, 3.875255f},
    {0.0f, 0.13269341f, 0.16624522f, 0.16694158f, 0.14657845f, 0.11625503f, 0.08462237f, 0.056998666f, 0.035704833f,
     0.020836286f, 0.011371076f, 0.005811113f, 0.002777996f, 0.0012465926f, 0.0005237718f, 0.00020638263f},
    {0.5f, 0.21436176f, 0.06084791f, -0.04723985f, -0.108070865f, -0.12857915f, -0.12103793f, -0.09858371f, -0.07189161f,
     -0.047678176f, -0.0290651f, -0.016382335f, -0.008554961f, -0.0041600843f, -0.0018822137f, -0.0007943211f},
    {-0.39894226f, -0.34570017f, -0.2640411f, -0.16793337f, -0.07778975f, -0.008437304f, 0.034134977f, 0.05212537f,
     0.052483227f, 0.043269284f, 0.03111194f, 0.020051818f, 0.011734201f, 0.006300806f, 0.0031142908f, 0.0014235745f},
    {-1.1132832e-06f, 0.0897028f, 0.12338526f, 0.12832467f, 0.10862537f, 0.07490879f, 0.039213147f, 0.010418461f,
     -0.0076058595f, -0.015438958f, -0.016091472f, -0.013080692f, -0.009075217f, -0.0055780862f, -0.0030875423f,
     -0.0015563752f},
    {0.06651037f, 0.047031377f, 0.019385837f, -0.008759224f, -0.028759941f, -0.036559563f, -0.033341434f, -0.023649026f,
     -0.0125586055f, -0.003630731f, 0.0017222073f, 0.003854891f, 0.0039043657f, 0.0030189955f, 0.0019729398f, 0.0011337126f},
    {-0.00014549395f, -0.019149542f, -0.023575263f, -0.020111965f, -0.011289178f, -0.0014994827f, 0.005836814f, 0.008847061f,
     0.008334213f, 0.0057625747f, 0.00288802f, 0.00072653644f, -0.00046444152f, -0.00084461446f, -0.0007768281f,
     -0.000553571f},
    {-0.009571305f, -0.0059397807f, -0.00031389334f, 0.004599909f, 0.006738002f, 0.006109125f, 0.0034616482f, 0.00077104324f,
     -0.0013046651f, -0.001990384f, -0.001765926f, -0.0011326385f, -0.00046483678f, -5.8465892e-05f, 0.00011943165f,
     0.00015999928f},
};

/** Φ(-a) - a·φ(a), 2^-27.9 absolute. */
alignas(64) static const float geluNearDerivative[7][16] = {
    {0.0f, 0.375f, 0.625f, 0.875f, 1.125f, 1.375f, 1.625f, 1.875f, 2.125f, 2.375f, 2.625f, 2.875f, 3.125f, 3.375f, 3.625f,
     3.875f},
    {0.5f, 0.21438457f, 0.060884923f, -0.04726117f, -0.10806671f, -0.12857614f, -0.12104341f, -0.0985779f, -0.071863785f,
     -0.04768379f, -0.029068528f, -0.016374458f, -0.0085555315f, -0.0041571977f, -0.0018821172f, -0.00079504773f},
    {-0.7978844f, -0.69141805f, -0.52813405f, -0.3358179f, -0.15559691f, -0.016954467f, 0.06825108f, 0.1042542f,
     0.104954354f, 0.08654457f, 0.0622292f, 0.04008822f, 0.023469722f, 0.012593944f, 0.0062282947f, 0.002849532f},
    {-9.012955e-06f, 0.2690853f, 0.37014052f, 0.3849671f, 0.32588345f, 0.2247997f, 0.11767193f, 0.031235483f, -0.022857094f,
     -0.04631286f, -0.04827535f, -0.03923289f, -0.027226958f, -0.016726147f, -0.009262241f, -0.0046726116f},
    {0.26612127f, 0.18811868f, 0.07756561f, -0.03505517f, -0.115033016f, -0.1462254f, -0.13337696f, -0.09457896f,
     -0.050194476f, -0.0145310685f, 0.0068842764f, 0.015421029f, 0.015619249f, 0.01207296f, 0.007891372f, 0.004537739f},
    {-0.001158177f, -0.095322475f, -0.11794562f, -0.100508876f, -0.05630582f, -0.0071202163f, 0.029133167f, 0.04454325f,
     0.04160203f, 0.028724995f, 0.014421246f, 0.0036118769f, -0.0023017172f, -0.004207387f, -0.0038859588f, -0.0027680383f},
    {-0.056639712f, -0.034331672f, -0.0012405397f, 0.027217714f, 0.040358365f, 0.036053974f, 0.02088458f, 0.004076057f,
     -0.00752633f, -0.011850264f, -0.010481664f, -0.0066735805f, -0.0029017057f, -0.00041149848f, 0.0007289465f,
     0.0009553056f},
};

// The last float below 4; the next one would make 4 + a round to 8.
constexpr float geluNearEnd = 0x1.fffffep1f;

/**
 * c + t·(k[0] + k[1]·t + …). Only the last addition has a full rounding error. The index in the table is the
 * four bits after the leading bit of 4 + a. That sum is rounded, so an interval may extend slightly beyond
 * its end.
 */
template <int rows>
SIMD_INLINE Vec byInterval(const float (&table)[rows][16], Vec a) {
  const IVec at = shr<19>(bitcastInt(a + broadcast(4.0f)));
  const Vec t = a - lookup(table[0], at), square = t * t;
  const Vec low = fma(lookup(table[4], at), t, lookup(table[3], at));
  Vec high = lookup(table[rows - 1], at);
  if constexpr (rows == 8) high = fma(high, square, fma(lookup(table[6], at), t, lookup(table[5], at)));
  else high = fma(high, t, lookup(table[5], at));
  return lookup(table[1], at) + fma(square, fma(high, square, low), lookup(table[2], at) * t);
}

/** For a ≥ 4: e^(-a²/2) = 2^n·(1 + q), and S(a) as a sum. */
struct GeluFar {
  ExpParts e;
  Vec a, constant, rest;
};

SIMD_INLINE GeluFar geluFar(Vec x) {
  // From 14.9 on both functions round to 0. NaN is kept.
  const Vec a = min(broadcast(14.9f), x), half = a * broadcast(-0.5f), exponent = a * half;
  // S as a polynomial in 1/a²: error 2^-28.2.
  constexpr float c[] = {-0.39893278f, 1.1951365f, -5.840589f, 35.158577f, -186.0424f, 536.4182f};
  const Vec inverse = broadcast(1.0f) / (a * a);
  return {expParts(reduce(exponent, fnma(a, half, exponent))), a, broadcast(0.39894226f), inverse * polynomial(c, inverse)};
}

/** x·Φ(x), 1.4 ULP. gelu(-inf) = NaN, as in PyTorch. */
SIMD_INLINE Vec gelu(Vec x) {
  const Vec a = abs(x);
  Vec lower = byInterval(geluNear, a);
  const Mask far = !lt(a, broadcast(geluNearEnd));
  if (any(far)) {
    const GeluFar f = geluFar(a);
    const Vec tail = scale(f.constant + fma(f.constant + f.rest, f.e.q, f.rest), f.e.n);
    lower = select(far, select(eq(x, broadcast(-infinity)), broadcast(__builtin_nanf("")), tail), lower);
  }
  return max(broadcast(-0.0f), x) - lower;  // -0 far on the left, like x·0
}

/** Φ(x) + x·φ(x), absolute error 2^-23. NaN at ±inf, like inf·0. */
SIMD_INLINE Vec geluDerivative(Vec x) {
  const Vec a = abs(x);
  Vec lower = byInterval(geluNearDerivative, a);
  const Mask far = !lt(a, broadcast(geluNearEnd));
  if (any(far)) {
    const GeluFar f = geluFar(a);
    const Vec factor = fnma(broadcast(0.398942280f), f.a, (f.constant + f.rest) / f.a);
    lower = select(far, scale(fma(factor, f.e.q, factor), f.e.n) + (x - x), lower);
  }
  return select(lt(x, zero()), lower, broadcast(1.0f) - lower);
}

// 0.5x(1 + tanh u) = x·sigmoid(2u), 2u = x·(slope + cube·x²) with slope = 2√(2/π) and cube = 0.044715·slope.
// The first part of the slope has 12 fraction bits, so subtracting it from the sum below is exact.
constexpr float geluSlope = 1.595703125f, geluSlopeRest = 6.59966e-05f;
constexpr float geluCube = 0.071354814f, geluCubeRest = 2.3988325e-09f;

/** The tanh form of gelu, 1.4 ULP. NaN at -inf. */
SIMD_INLINE Vec geluTanh(Vec x) {
  // A `…Lost` value is positive if the rounded value is too large.
  const Vec low = max(broadcast(-11.0f), x), v = min(broadcast(7.0f), low);
  const Vec square = v * v, squareLost = fnma(v, v, square);
  const Vec factor = fma(broadcast(geluCube), square, broadcast(geluSlope));
  const Vec factorLost = fnma(broadcast(geluCube), square, factor - broadcast(geluSlope)) - broadcast(geluSlopeRest);
  const Vec rest = fnma(broadcast(geluCubeRest), square, fma(broadcast(geluCube), squareLost, factorLost));
  const Vec exponent = v * factor, lost = fma(v, rest, fnma(v, factor, exponent));
  return gateEdges(timesLogistic(low, logisticParts(reduce(exponent, lost))), x, 7.0f);
}

/** s + x·s(1-s)·(2u)', s = sigmoid(2u), absolute error 2^-22. NaN at ±inf. */
SIMD_INLINE Vec geluTanhDerivative(Vec x) {
  // As above: computes the small side, at -|x|, and uses gelu'(x) = 1 - gelu'(-x).
  const Vec v = max(broadcast(-11.0f), -abs(x)), square = v * v, one = broadcast(1.0f);
  const Vec s = logistic(logisticParts(reduce(v * fma(broadcast(geluCube), square, broadcast(geluSlope + geluSlopeRest)))));
  const Vec slope = fma(broadcast(3 * geluCube), square, broadcast(geluSlope + geluSlopeRest));
  const Vec tail = fma(v * slope, s * (one - s), s);
  return select(lt(x, zero()), tail, one - tail) + (x - x);
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
