#pragma once
// Written by `npm run generate` from src/kernels/schema.ts. A test fails when it is out of date.
// The arguments of every kernel that has C++: each member reads itself, in the order of the row.

#include "../kernels/elementwise_rows.h"
#include "../kernels/op_names.h"
#include "reader.h"

namespace simdgrad::entries {

struct FillArgs : Arguments {
  using Arguments::Arguments;
  const double value = readNumber();
  const int64_t n = readSize();
  const Write<Dense> out{*this, n};
};

struct CopyArgs : Arguments {
  using Arguments::Arguments;
  const Dims shape = readShape();
  const Read<Listed> x{*this, shape};
  const Write<Listed> out{*this, shape};
};

struct GemmArgs : Arguments {
  using Arguments::Arguments;
  const int64_t batch = readSize();
  const int64_t m = readSize();
  const int64_t n = readSize();
  const int64_t k = readSize();
  const Read<Strided<3>> a{*this, batch, m, k};
  const Read<Strided<3>> b{*this, batch, k, n};
  const Optional<Read<Dense>> bias{*this, n};
  const int64_t accumulate = readFlags(1);
  const int64_t bfloat16 = readFlags(1);
  const Write<Strided<1>> c{*this, batch, m, n};
};

struct GemmSgdStepArgs : Arguments {
  using Arguments::Arguments;
  const int64_t batch = readSize();
  const int64_t m = readSize();
  const int64_t n = readSize();
  const int64_t k = readSize();
  const Read<Strided<3>> a{*this, batch, m, k};
  const Read<Strided<3>> b{*this, batch, k, n};
  const Optional<Read<Dense>> bias{*this, n};
  const int64_t accumulate = readFlags(1);
  const int64_t bfloat16 = readFlags(1);
  const Write<Strided<1>> c{*this, batch, m, n};
  const int64_t flags = readFlags(3);
  const Write<Dense> p{*this, m, n};
  const Optional<Write<Dense>> buffer{*this, m, n};
  const Read<Dense> step{*this, 1};
  const Read<Dense> hyper{*this, 4};
};

struct GemmAdamStepArgs : Arguments {
  using Arguments::Arguments;
  const int64_t batch = readSize();
  const int64_t m = readSize();
  const int64_t n = readSize();
  const int64_t k = readSize();
  const Read<Strided<3>> a{*this, batch, m, k};
  const Read<Strided<3>> b{*this, batch, k, n};
  const Optional<Read<Dense>> bias{*this, n};
  const int64_t accumulate = readFlags(1);
  const int64_t bfloat16 = readFlags(1);
  const Write<Strided<1>> c{*this, batch, m, n};
  const int64_t flags = readFlags(7);
  const Write<Dense> p{*this, m, n};
  const Write<Dense> mean{*this, m, n};
  const Write<Dense> square{*this, m, n};
  const Optional<Write<Dense>> largest{*this, m, n};
  const Read<Dense> step{*this, 1};
  const Read<Dense> hyper{*this, 5};
};

struct UnaryArgs : Arguments {
  using Arguments::Arguments;
  const int op = readOp(unaryNames);
  const double p = readNumber();
  const double q = readNumber();
  const Dims shape = readShape();
  const Read<Listed> x{*this, shape};
  const Write<Dense> out{*this, shape};
};

struct UnaryGradArgs : Arguments {
  using Arguments::Arguments;
  const int op = readOp(unaryNames);
  const double p = readNumber();
  const double q = readNumber();
  const int64_t n = readSize();
  const Optional<Read<Dense>> x{*this, n};
  const Optional<Read<Dense>> y{*this, n};
  const Read<Dense> g{*this, n};
  const Write<Dense> out{*this, n};
};

struct BinaryArgs : Arguments {
  using Arguments::Arguments;
  const int op = readOp(binaryNames);
  const Dims shape = readShape();
  const Read<Listed> a{*this, shape};
  const Read<Listed> b{*this, shape};
  const Write<Dense> out{*this, shape};
};

struct CompareArgs : Arguments {
  using Arguments::Arguments;
  const int op = readOp(compareNames);
  const Dims shape = readShape();
  const Read<Listed> a{*this, shape};
  const Read<Listed> b{*this, shape};
  const Write<Dense> out{*this, shape};
};

struct WhereArgs : Arguments {
  using Arguments::Arguments;
  const Dims shape = readShape();
  const Read<Listed> condition{*this, shape};
  const Read<Listed> a{*this, shape};
  const Read<Listed> b{*this, shape};
  const Write<Dense> out{*this, shape};
};

struct ReduceArgs : Arguments {
  using Arguments::Arguments;
  const int op = readOp(reduceNames);
  const int64_t outer = readSize();
  const int64_t length = readSize();
  const int64_t inner = readSize();
  const Read<Dense> x{*this, outer, length, inner};
  const Write<Dense> out{*this, outer, inner};
};

struct ArgReduceArgs : Arguments {
  using Arguments::Arguments;
  const int op = readOp(argReduceNames);
  const int64_t outer = readSize();
  const int64_t length = readSize();
  const int64_t inner = readSize();
  const Read<Dense> x{*this, outer, length, inner};
  const Write<Dense> out{*this, outer, inner};
};

struct SoftmaxArgs : Arguments {
  using Arguments::Arguments;
  const int op = readOp(softmaxNames);
  const int64_t outer = readSize();
  const int64_t length = readSize();
  const int64_t inner = readSize();
  const Read<Dense> x{*this, outer, length, inner};
  const Write<Dense> out{*this, outer, length, inner};
};

struct SoftmaxGradArgs : Arguments {
  using Arguments::Arguments;
  const int op = readOp(softmaxNames);
  const int64_t outer = readSize();
  const int64_t length = readSize();
  const int64_t inner = readSize();
  const Read<Dense> y{*this, outer, length, inner};
  const Read<Dense> g{*this, outer, length, inner};
  const Write<Dense> out{*this, outer, length, inner};
};

struct CrossEntropyArgs : Arguments {
  using Arguments::Arguments;
  const int64_t reduction = readFlags(2);
  const int64_t rows = readSize();
  const int64_t classes = readSize();
  const double smoothing = readNumber();
  const int64_t ignoreIndex = readStride();
  const Read<Dense> logits{*this, rows, classes};
  const Read<Dense> target{*this, rows};
  const Optional<Read<Dense>> weight{*this, classes};
  const Write<Dense> loss{*this, reduction != 0 ? 1 : rows};
  const Write<Dense> stats{*this, rows + 1};
};

struct CrossEntropyGradArgs : Arguments {
  using Arguments::Arguments;
  const int64_t reduction = readFlags(2);
  const int64_t rows = readSize();
  const int64_t classes = readSize();
  const double smoothing = readNumber();
  const int64_t ignoreIndex = readStride();
  const Read<Dense> logits{*this, rows, classes};
  const Read<Dense> target{*this, rows};
  const Optional<Read<Dense>> weight{*this, classes};
  const Read<Dense> stats{*this, rows + 1};
  const Read<Dense> g{*this, reduction != 0 ? 1 : rows};
  const Write<Dense> out{*this, rows, classes};
};

struct TallyArgs : Arguments {
  using Arguments::Arguments;
  const int64_t n = readSize();
  const int64_t classes = readSize();
  const Optional<Read<Dense>> logits{*this, n, classes};
  const Optional<Read<Dense>> targets{*this, n};
  const Read<Dense> loss{*this, 1};
  const Write<Dense> sums{*this, logits.given() ? 3 : 2};
};

struct ExchangeArgs : Arguments {
  using Arguments::Arguments;
  const int64_t n = readSize();
  const int64_t nodes = readSize();
  const int64_t listed = readSize();
  const int64_t rule = readFlags(2);
  const Read<Dense> schedule{*this, listed};
  const Write<Dense> x{*this, nodes, n};
};

struct ExchangeStartArgs : Arguments {
  using Arguments::Arguments;
  const int64_t n = readSize();
  const int64_t nodes = readSize();
  const int64_t listed = readSize();
  const int64_t rule = readFlags(2);
  const int64_t phases = readFlags(3);
  const Read<Dense> schedule{*this, listed};
  const Write<Dense> x{*this, nodes, n};
};

struct ExchangeWaitArgs : Arguments {
  using Arguments::Arguments;
  const int64_t n = readSize();
  const int64_t nodes = readSize();
  const Write<Dense> x{*this, nodes, n};
};

struct IndexSelectArgs : Arguments {
  using Arguments::Arguments;
  const int64_t outer = readSize();
  const int64_t length = readSize();
  const int64_t inner = readSize();
  const int64_t count = readSize();
  const Read<Dense> x{*this, outer, length, inner};
  const Read<Dense> index{*this, count};
  const Write<Dense> out{*this, outer, count, inner};
};

struct IndexAddArgs : Arguments {
  using Arguments::Arguments;
  const int64_t outer = readSize();
  const int64_t length = readSize();
  const int64_t inner = readSize();
  const int64_t count = readSize();
  const Read<Dense> index{*this, count};
  const Read<Dense> g{*this, outer, count, inner};
  const Write<Dense> out{*this, outer, length, inner};
};

struct GatherArgs : Arguments {
  using Arguments::Arguments;
  const int64_t outer = readSize();
  const int64_t length = readSize();
  const int64_t inner = readSize();
  const int64_t count = readSize();
  const Read<Dense> x{*this, outer, length, inner};
  const Read<Dense> index{*this, outer, count, inner};
  const Write<Dense> out{*this, outer, count, inner};
};

struct ScatterAddArgs : Arguments {
  using Arguments::Arguments;
  const int64_t outer = readSize();
  const int64_t length = readSize();
  const int64_t inner = readSize();
  const int64_t count = readSize();
  const Read<Dense> index{*this, outer, count, inner};
  const Read<Dense> g{*this, outer, count, inner};
  const Write<Dense> out{*this, outer, length, inner};
};

struct TakeRowsArgs : Arguments {
  using Arguments::Arguments;
  const int64_t count = readSize();
  const int64_t length = readSize();
  const int64_t width = readSize();
  const double scale = readNumber();
  const double shift = readNumber();
  const Read<Dense> x{*this, length, width};
  const Read<Dense> index{*this, count};
  const Write<Dense> out{*this, count, width};
};

struct IncrementArgs : Arguments {
  using Arguments::Arguments;
  const int64_t n = readSize();
  const Write<Dense> out{*this, n};
};

struct SgdStepArgs : Arguments {
  using Arguments::Arguments;
  const int64_t n = readSize();
  const int64_t flags = readFlags(3);
  const Write<Dense> p{*this, n};
  const Read<Dense> g{*this, n};
  const Optional<Write<Dense>> buffer{*this, n};
  const Read<Dense> step{*this, 1};
  const Read<Dense> hyper{*this, 4};
};

struct AdamStepArgs : Arguments {
  using Arguments::Arguments;
  const int64_t n = readSize();
  const int64_t flags = readFlags(7);
  const Write<Dense> p{*this, n};
  const Read<Dense> g{*this, n};
  const Write<Dense> mean{*this, n};
  const Write<Dense> square{*this, n};
  const Optional<Write<Dense>> largest{*this, n};
  const Read<Dense> step{*this, 1};
  const Read<Dense> hyper{*this, 5};
};

struct RuleStepArgs : Arguments {
  using Arguments::Arguments;
  const int rule = readOp(ruleStepNames);
  const int64_t n = readSize();
  const Write<Dense> p{*this, n};
  const Read<Dense> g{*this, n};
  const Write<Dense> first{*this, n};
  const Optional<Write<Dense>> second{*this, n};
  const Optional<Write<Dense>> third{*this, n};
  const Read<Dense> step{*this, 1};
  const Read<Dense> hyper{*this, countOf(rule, {6, 7, 5, 6, 9, 7, 6})};
};

struct RandomArgs : Arguments {
  using Arguments::Arguments;
  const int kind = readOp(randomNames);
  const double p = readNumber();
  const double q = readNumber();
  const int64_t n = readSize();
  const Write<Dense> state{*this, 4};
  const Write<Dense> out{*this, n};
};

struct PermutationArgs : Arguments {
  using Arguments::Arguments;
  const int64_t n = readSize();
  const Write<Dense> state{*this, 4};
  const Write<Dense> out{*this, n};
};

struct Unfold2dArgs : Arguments {
  using Arguments::Arguments;
  const int64_t planes = readSize();
  const int64_t h = readSize();
  const int64_t w = readSize();
  const int64_t kh = readSize();
  const int64_t kw = readSize();
  const int64_t oh = readSize();
  const int64_t ow = readSize();
  const int64_t sh = readSize(1);
  const int64_t sw = readSize(1);
  const int64_t ph = readSize();
  const int64_t pw = readSize();
  const int64_t dh = readSize();
  const int64_t dw = readSize();
  const Read<Dense> x{*this, planes, h, w};
  const Write<Dense> out{*this, planes, kh, kw, oh, ow};
};

struct Fold2dArgs : Arguments {
  using Arguments::Arguments;
  const int64_t planes = readSize();
  const int64_t h = readSize();
  const int64_t w = readSize();
  const int64_t kh = readSize();
  const int64_t kw = readSize();
  const int64_t oh = readSize();
  const int64_t ow = readSize();
  const int64_t sh = readSize(1);
  const int64_t sw = readSize(1);
  const int64_t ph = readSize();
  const int64_t pw = readSize();
  const int64_t dh = readSize();
  const int64_t dw = readSize();
  const Read<Dense> columns{*this, planes, kh, kw, oh, ow};
  const Write<Dense> out{*this, planes, h, w};
};

struct Conv2dArgs : Arguments {
  using Arguments::Arguments;
  const int64_t samples = readSize();
  const int64_t groups = readSize();
  const int64_t channels = readSize();
  const int64_t outputs = readSize();
  const int64_t h = readSize();
  const int64_t w = readSize();
  const int64_t kh = readSize();
  const int64_t kw = readSize();
  const int64_t oh = readSize();
  const int64_t ow = readSize();
  const int64_t sh = readSize(1);
  const int64_t sw = readSize(1);
  const int64_t ph = readSize();
  const int64_t pw = readSize();
  const int64_t dh = readSize();
  const int64_t dw = readSize();
  const int64_t bfloat16 = readFlags(1);
  const Read<Dense> x{*this, samples, groups, channels, h, w};
  const Read<Dense> weight{*this, groups, outputs, channels, kh, kw};
  const Optional<Read<Dense>> bias{*this, groups, outputs};
  const Write<Dense> out{*this, samples, groups, outputs, oh, ow};
};

struct Conv2dGradInputArgs : Arguments {
  using Arguments::Arguments;
  const int64_t samples = readSize();
  const int64_t groups = readSize();
  const int64_t channels = readSize();
  const int64_t outputs = readSize();
  const int64_t h = readSize();
  const int64_t w = readSize();
  const int64_t kh = readSize();
  const int64_t kw = readSize();
  const int64_t oh = readSize();
  const int64_t ow = readSize();
  const int64_t sh = readSize(1);
  const int64_t sw = readSize(1);
  const int64_t ph = readSize();
  const int64_t pw = readSize();
  const int64_t dh = readSize();
  const int64_t dw = readSize();
  const int64_t bfloat16 = readFlags(1);
  const Read<Dense> g{*this, samples, groups, outputs, oh, ow};
  const Read<Dense> weight{*this, groups, outputs, channels, kh, kw};
  const Write<Dense> out{*this, samples, groups, channels, h, w};
};

struct Conv2dGradWeightArgs : Arguments {
  using Arguments::Arguments;
  const int64_t samples = readSize();
  const int64_t groups = readSize();
  const int64_t channels = readSize();
  const int64_t outputs = readSize();
  const int64_t h = readSize();
  const int64_t w = readSize();
  const int64_t kh = readSize();
  const int64_t kw = readSize();
  const int64_t oh = readSize();
  const int64_t ow = readSize();
  const int64_t sh = readSize(1);
  const int64_t sw = readSize(1);
  const int64_t ph = readSize();
  const int64_t pw = readSize();
  const int64_t dh = readSize();
  const int64_t dw = readSize();
  const int64_t bfloat16 = readFlags(1);
  const Read<Dense> x{*this, samples, groups, channels, h, w};
  const Read<Dense> g{*this, samples, groups, outputs, oh, ow};
  const int64_t accumulate = readFlags(1);
  const Write<Dense> out{*this, groups, outputs, channels, kh, kw};
};

struct MaxPool2dArgs : Arguments {
  using Arguments::Arguments;
  const int64_t planes = readSize();
  const int64_t h = readSize();
  const int64_t w = readSize();
  const int64_t oh = readSize();
  const int64_t ow = readSize();
  const int64_t dh = readSize(1);
  const int64_t dw = readSize(1);
  const Read<Dense> windows{*this, 2 * oh + 2 * ow};
  const Read<Dense> x{*this, planes, h, w};
  const Write<Dense> out{*this, planes, oh, ow};
  const Write<Dense> index{*this, planes, oh, ow};
};

struct MaxPool2dGradArgs : Arguments {
  using Arguments::Arguments;
  const int64_t planes = readSize();
  const int64_t size = readSize();
  const int64_t places = readSize();
  const Read<Dense> index{*this, planes, places};
  const Read<Dense> g{*this, planes, places};
  const Write<Dense> out{*this, planes, size};
};

struct AvgPool2dArgs : Arguments {
  using Arguments::Arguments;
  const int64_t planes = readSize();
  const int64_t h = readSize();
  const int64_t w = readSize();
  const int64_t oh = readSize();
  const int64_t ow = readSize();
  const Read<Dense> windows{*this, 2 * oh + 2 * ow};
  const Read<Dense> divisors{*this, oh, ow};
  const Read<Dense> x{*this, planes, h, w};
  const Write<Dense> out{*this, planes, oh, ow};
};

struct AvgPool2dGradArgs : Arguments {
  using Arguments::Arguments;
  const int64_t planes = readSize();
  const int64_t h = readSize();
  const int64_t w = readSize();
  const int64_t oh = readSize();
  const int64_t ow = readSize();
  const Read<Dense> windows{*this, 2 * oh + 2 * ow};
  const Read<Dense> divisors{*this, oh, ow};
  const Read<Dense> g{*this, planes, oh, ow};
  const Write<Dense> out{*this, planes, h, w};
};

struct RecurrentArgs : Arguments {
  using Arguments::Arguments;
  const int cell = readOp(recurrentNames);
  const int64_t reverse = readFlags(1);
  const int64_t steps = readSize();
  const int64_t batch = readSize();
  const int64_t rows = readSize();
  const int64_t hidden = readSize();
  const int64_t width = readSize();
  const int64_t columns = readSize();
  const Optional<Read<Dense>> counts{*this, steps};
  const Read<Dense> weight{*this, columns, width};
  const Optional<Read<Dense>> projection{*this, width, hidden};
  const Read<Dense> h0{*this, batch, width};
  const Optional<Read<Dense>> c0{*this, batch, hidden};
  const Optional<Read<Dense>> bias{*this, columns};
  const Write<Dense> gates{*this, rows, columns};
  const Optional<Write<Dense>> inner{*this, rows, hidden};
  const Optional<Write<Dense>> whole{*this, rows, hidden};
  const Write<Dense> out{*this, rows, width};
  const Write<Dense> hn{*this, batch, width};
  const Optional<Write<Dense>> cn{*this, batch, hidden};
};

struct RecurrentGradArgs : Arguments {
  using Arguments::Arguments;
  const int cell = readOp(recurrentNames);
  const int64_t reverse = readFlags(1);
  const int64_t steps = readSize();
  const int64_t batch = readSize();
  const int64_t rows = readSize();
  const int64_t hidden = readSize();
  const int64_t width = readSize();
  const int64_t columns = readSize();
  const Optional<Read<Dense>> counts{*this, steps};
  const Read<Dense> weight{*this, columns, width};
  const Optional<Read<Dense>> projection{*this, width, hidden};
  const Read<Dense> h0{*this, batch, width};
  const Optional<Read<Dense>> c0{*this, batch, hidden};
  const Read<Dense> gates{*this, rows, columns};
  const Optional<Read<Dense>> inner{*this, rows, hidden};
  const Read<Dense> out{*this, rows, width};
  const Optional<Read<Dense>> g{*this, rows, width};
  const Optional<Read<Dense>> gh{*this, batch, width};
  const Optional<Read<Dense>> gc{*this, batch, hidden};
  const Write<Dense> gx{*this, rows, columns};
  const Optional<Write<Dense>> gu{*this, rows, columns};
  const Optional<Write<Dense>> gp{*this, rows, width};
  const Optional<Write<Dense>> previous{*this, rows, width};
  const Write<Dense> gh0{*this, batch, width};
  const Optional<Write<Dense>> gc0{*this, batch, hidden};
};

struct AttentionArgs : Arguments {
  using Arguments::Arguments;
  const int64_t batch = readSize();
  const int64_t heads = readSize();
  const int64_t groups = readSize();
  const int64_t queries = readSize();
  const int64_t keys = readSize();
  const int64_t width = readSize();
  const int64_t valueWidth = readSize();
  const double scale = readNumber();
  const int64_t causal = readFlags(1);
  const double dropout = readNumber();
  const Read<Strided<3>> q{*this, batch, heads, queries, width};
  const Read<Strided<3>> k{*this, batch, groups, keys, width};
  const Read<Strided<3>> v{*this, batch, groups, keys, valueWidth};
  const Optional<Read<Strided<4>>> mask{*this, batch, heads, queries, keys};
  const Optional<Write<Dense>> state{*this, 4};
  const Optional<Write<Dense>> drawn{*this, 4};
  const Write<Strided<3>> out{*this, batch, heads, queries, valueWidth};
  const Write<Dense> stats{*this, batch, heads, queries};
};

struct AttentionGradArgs : Arguments {
  using Arguments::Arguments;
  const int64_t batch = readSize();
  const int64_t heads = readSize();
  const int64_t groups = readSize();
  const int64_t queries = readSize();
  const int64_t keys = readSize();
  const int64_t width = readSize();
  const int64_t valueWidth = readSize();
  const double scale = readNumber();
  const int64_t causal = readFlags(1);
  const double dropout = readNumber();
  const Read<Strided<3>> q{*this, batch, heads, queries, width};
  const Read<Strided<3>> k{*this, batch, groups, keys, width};
  const Read<Strided<3>> v{*this, batch, groups, keys, valueWidth};
  const Optional<Read<Strided<4>>> mask{*this, batch, heads, queries, keys};
  const Optional<Read<Dense>> drawn{*this, 4};
  const Read<Strided<3>> out{*this, batch, heads, queries, valueWidth};
  const Read<Dense> stats{*this, batch, heads, queries};
  const Read<Strided<3>> g{*this, batch, heads, queries, valueWidth};
  const Optional<Write<Strided<3>>> gq{*this, batch, heads, queries, width};
  const Optional<Write<Strided<3>>> gk{*this, batch, groups, keys, width};
  const Optional<Write<Strided<3>>> gv{*this, batch, groups, keys, valueWidth};
};

struct NormalizeArgs : Arguments {
  using Arguments::Arguments;
  const int64_t samples = readSize();
  const int64_t groups = readSize();
  const int64_t channels = readSize();
  const int64_t inner = readSize();
  const double eps = readNumber();
  const Read<Dense> x{*this, samples, groups, channels, inner};
  const Optional<Read<Dense>> weight{*this, groups, channels};
  const Optional<Read<Dense>> bias{*this, groups, channels};
  const Write<Dense> out{*this, samples, groups, channels, inner};
  const Optional<Write<Dense>> mean{*this, samples, groups};
  const Write<Dense> variance{*this, samples, groups};
};

struct NormalizeGradArgs : Arguments {
  using Arguments::Arguments;
  const int64_t samples = readSize();
  const int64_t groups = readSize();
  const int64_t channels = readSize();
  const int64_t inner = readSize();
  const double eps = readNumber();
  const Read<Dense> x{*this, samples, groups, channels, inner};
  const Optional<Read<Dense>> weight{*this, groups, channels};
  const Optional<Read<Dense>> mean{*this, samples, groups};
  const Read<Dense> variance{*this, samples, groups};
  const Read<Dense> g{*this, samples, groups, channels, inner};
  const int64_t addWeight = readFlags(1);
  const int64_t addBias = readFlags(1);
  const Optional<Write<Dense>> gx{*this, samples, groups, channels, inner};
  const Optional<Write<Dense>> gWeight{*this, groups, channels};
  const Optional<Write<Dense>> gBias{*this, groups, channels};
};

struct BatchNormArgs : Arguments {
  using Arguments::Arguments;
  const int64_t samples = readSize();
  const int64_t channels = readSize();
  const int64_t inner = readSize();
  const double eps = readNumber();
  const Read<Dense> x{*this, samples, channels, inner};
  const Optional<Read<Dense>> weight{*this, channels};
  const Optional<Read<Dense>> bias{*this, channels};
  const double momentum = readNumber();
  const int64_t cumulative = readFlags(1);
  const Optional<Write<Dense>> runningMean{*this, channels};
  const Optional<Write<Dense>> runningVar{*this, channels};
  const Optional<Write<Dense>> count{*this, 1};
  const Write<Dense> out{*this, samples, channels, inner};
  const Write<Dense> mean{*this, channels};
  const Write<Dense> variance{*this, channels};
};

struct BatchNormEvalArgs : Arguments {
  using Arguments::Arguments;
  const int64_t samples = readSize();
  const int64_t channels = readSize();
  const int64_t inner = readSize();
  const double eps = readNumber();
  const Read<Dense> x{*this, samples, channels, inner};
  const Optional<Read<Dense>> weight{*this, channels};
  const Optional<Read<Dense>> bias{*this, channels};
  const Read<Dense> mean{*this, channels};
  const Read<Dense> variance{*this, channels};
  const Write<Dense> out{*this, samples, channels, inner};
};

struct BatchNormGradArgs : Arguments {
  using Arguments::Arguments;
  const int64_t samples = readSize();
  const int64_t channels = readSize();
  const int64_t inner = readSize();
  const double eps = readNumber();
  const Read<Dense> x{*this, samples, channels, inner};
  const Optional<Read<Dense>> weight{*this, channels};
  const int64_t training = readFlags(1);
  const Read<Dense> mean{*this, channels};
  const Read<Dense> variance{*this, channels};
  const Read<Dense> g{*this, samples, channels, inner};
  const int64_t addWeight = readFlags(1);
  const int64_t addBias = readFlags(1);
  const Optional<Write<Dense>> gx{*this, samples, channels, inner};
  const Optional<Write<Dense>> gWeight{*this, channels};
  const Optional<Write<Dense>> gBias{*this, channels};
};

// What the entries answer: OK, or the position of the first label or index that is out of range, or what
// prepared_call.h lists.
double fill(FillArgs& a);
double copy(CopyArgs& a);
double gemm(GemmArgs& a);
double gemmSgdStep(GemmSgdStepArgs& a);
double gemmAdamStep(GemmAdamStepArgs& a);
double unary(UnaryArgs& a);
double unaryGrad(UnaryGradArgs& a);
double binary(BinaryArgs& a);
double compare(CompareArgs& a);
double where(WhereArgs& a);
double reduce(ReduceArgs& a);
double argReduce(ArgReduceArgs& a);
double softmax(SoftmaxArgs& a);
double softmaxGrad(SoftmaxGradArgs& a);
double crossEntropy(CrossEntropyArgs& a);
double crossEntropyGrad(CrossEntropyGradArgs& a);
double tally(TallyArgs& a);
double exchange(ExchangeArgs& a);
double exchangeStart(ExchangeStartArgs& a);
double exchangeWait(ExchangeWaitArgs& a);
double indexSelect(IndexSelectArgs& a);
double indexAdd(IndexAddArgs& a);
double gather(GatherArgs& a);
double scatterAdd(ScatterAddArgs& a);
double takeRows(TakeRowsArgs& a);
double increment(IncrementArgs& a);
double sgdStep(SgdStepArgs& a);
double adamStep(AdamStepArgs& a);
double ruleStep(RuleStepArgs& a);
double random(RandomArgs& a);
double permutation(PermutationArgs& a);
double unfold2d(Unfold2dArgs& a);
double fold2d(Fold2dArgs& a);
double conv2d(Conv2dArgs& a);
double conv2dGradInput(Conv2dGradInputArgs& a);
double conv2dGradWeight(Conv2dGradWeightArgs& a);
double maxPool2d(MaxPool2dArgs& a);
double maxPool2dGrad(MaxPool2dGradArgs& a);
double avgPool2d(AvgPool2dArgs& a);
double avgPool2dGrad(AvgPool2dGradArgs& a);
double recurrent(RecurrentArgs& a);
double recurrentGrad(RecurrentGradArgs& a);
double attention(AttentionArgs& a);
double attentionGrad(AttentionGradArgs& a);
double normalize(NormalizeArgs& a);
double normalizeGrad(NormalizeGradArgs& a);
double batchNorm(BatchNormArgs& a);
double batchNormEval(BatchNormEvalArgs& a);
double batchNormGrad(BatchNormGradArgs& a);

}  // namespace simdgrad::entries

#define SIMDGRAD_KERNELS(ROW) \
  ROW(fill, entries::FillArgs) \
  ROW(copy, entries::CopyArgs) \
  ROW(gemm, entries::GemmArgs) \
  ROW(gemmSgdStep, entries::GemmSgdStepArgs) \
  ROW(gemmAdamStep, entries::GemmAdamStepArgs) \
  ROW(unary, entries::UnaryArgs) \
  ROW(unaryGrad, entries::UnaryGradArgs) \
  ROW(binary, entries::BinaryArgs) \
  ROW(compare, entries::CompareArgs) \
  ROW(where, entries::WhereArgs) \
  ROW(reduce, entries::ReduceArgs) \
  ROW(argReduce, entries::ArgReduceArgs) \
  ROW(softmax, entries::SoftmaxArgs) \
  ROW(softmaxGrad, entries::SoftmaxGradArgs) \
  ROW(crossEntropy, entries::CrossEntropyArgs) \
  ROW(crossEntropyGrad, entries::CrossEntropyGradArgs) \
  ROW(tally, entries::TallyArgs) \
  ROW(exchange, entries::ExchangeArgs) \
  ROW(exchangeStart, entries::ExchangeStartArgs) \
  ROW(exchangeWait, entries::ExchangeWaitArgs) \
  ROW(indexSelect, entries::IndexSelectArgs) \
  ROW(indexAdd, entries::IndexAddArgs) \
  ROW(gather, entries::GatherArgs) \
  ROW(scatterAdd, entries::ScatterAddArgs) \
  ROW(takeRows, entries::TakeRowsArgs) \
  ROW(increment, entries::IncrementArgs) \
  ROW(sgdStep, entries::SgdStepArgs) \
  ROW(adamStep, entries::AdamStepArgs) \
  ROW(ruleStep, entries::RuleStepArgs) \
  ROW(random, entries::RandomArgs) \
  ROW(permutation, entries::PermutationArgs) \
  ROW(unfold2d, entries::Unfold2dArgs) \
  ROW(fold2d, entries::Fold2dArgs) \
  ROW(conv2d, entries::Conv2dArgs) \
  ROW(conv2dGradInput, entries::Conv2dGradInputArgs) \
  ROW(conv2dGradWeight, entries::Conv2dGradWeightArgs) \
  ROW(maxPool2d, entries::MaxPool2dArgs) \
  ROW(maxPool2dGrad, entries::MaxPool2dGradArgs) \
  ROW(avgPool2d, entries::AvgPool2dArgs) \
  ROW(avgPool2dGrad, entries::AvgPool2dGradArgs) \
  ROW(recurrent, entries::RecurrentArgs) \
  ROW(recurrentGrad, entries::RecurrentGradArgs) \
  ROW(attention, entries::AttentionArgs) \
  ROW(attentionGrad, entries::AttentionGradArgs) \
  ROW(normalize, entries::NormalizeArgs) \
  ROW(normalizeGrad, entries::NormalizeGradArgs) \
  ROW(batchNorm, entries::BatchNormArgs) \
  ROW(batchNormEval, entries::BatchNormEvalArgs) \
  ROW(batchNormGrad, entries::BatchNormGradArgs)

// The kernels whose calls may be links of a chain.
#define SIMDGRAD_LINKS(ROW) \
  ROW(copy, entries::CopyArgs) \
  ROW(unary, entries::UnaryArgs) \
  ROW(unaryGrad, entries::UnaryGradArgs) \
  ROW(binary, entries::BinaryArgs) \
  ROW(compare, entries::CompareArgs) \
  ROW(where, entries::WhereArgs) \
  ROW(reduce, entries::ReduceArgs)

#define SIMDGRAD_OP_LISTS(ROW) \
  ROW(unary, unaryNames) \
  ROW(unaryGrad, unaryNames) \
  ROW(binary, binaryNames) \
  ROW(compare, compareNames) \
  ROW(reduce, reduceNames) \
  ROW(argReduce, argReduceNames) \
  ROW(softmax, softmaxNames) \
  ROW(softmaxGrad, softmaxNames) \
  ROW(ruleStep, ruleStepNames) \
  ROW(random, randomNames) \
  ROW(recurrent, recurrentNames) \
  ROW(recurrentGrad, recurrentNames)
