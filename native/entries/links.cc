#include "links.h"

#include <cstring>

#include "../kernels/elementwise_rows.h"
#include "arguments.h"

namespace simdgrad {

namespace {

template <class T>
LinkPlace reads(const T* memory) {
  return {const_cast<char*>(reinterpret_cast<const char*>(memory)), -1};
}
template <class T>
LinkPlace writes(T* memory) {
  return {reinterpret_cast<char*>(memory), -1};
}

void read(entries::UnaryArgs& a, Link& link) {
  link = {Link::unary, a.op, static_cast<float>(a.p), static_cast<float>(a.q), walkOver(a.shape, {&a.x.strides}),
          {reads(a.x.as<float>())}, writes(a.out.as<float>()), true, 0, 0};
}

void read(entries::UnaryGradArgs& a, Link& link) {
  Walk walk;
  walk.total = a.n;
  const Reads uses = unaryReads[a.op];
  link = {Link::unaryGrad, a.op, static_cast<float>(a.p), static_cast<float>(a.q), walk,
          {uses == Reads::x ? reads(a.x.as<float>()) : LinkPlace{}, uses == Reads::y ? reads(a.y.as<float>()) : LinkPlace{}, reads(a.g.as<float>())},
          writes(a.out.as<float>()), true, 0, 0};
}

void read(entries::BinaryArgs& a, Link& link) {
  link = {Link::binary, a.op, 0, 0, walkOver(a.shape, {&a.a.strides, &a.b.strides}),
          {reads(a.a.as<float>()), reads(a.b.as<float>())}, writes(a.out.as<float>()), true, 0, 0};
}

void read(entries::CompareArgs& a, Link& link) {
  link = {Link::compare, a.op, 0, 0, walkOver(a.shape, {&a.a.strides, &a.b.strides}),
          {reads(a.a.as<float>()), reads(a.b.as<float>())}, writes(a.out.as<uint8_t>()), true, 0, 0};
}

void read(entries::WhereArgs& a, Link& link) {
  link = {Link::where, 0, 0, 0, walkOver(a.shape, {&a.condition.strides, &a.a.strides, &a.b.strides}),
          {reads(a.condition.as<uint8_t>()), reads(a.a.as<float>()), reads(a.b.as<float>())}, writes(a.out.as<float>()), true, 0, 0};
}

/** Only to a dense output: a link writes its elements in order. */
void read(entries::CopyArgs& a, Link& link) {
  const bool widens = a.x.type() == DType::u8;
  int64_t dense = 1;
  for (int d = a.shape.rank - 1; d >= 0; dense *= a.shape.d[d--]) a.support(a.shape.d[d] == 1 || a.out.strides.d[d] == dense);
  const LinkPlace from = widens ? reads(a.x.as<uint8_t>()) : reads(a.x.as<float>());
  link = {widens ? Link::widen : Link::copy, 0, 0, 0, walkOver(a.shape, {&a.x.strides}), {from}, writes(a.out.as<float>()), true, 0, 0};
}

void read(entries::ReduceArgs& a, Link& link) {
  const LinkPlace x = reads(a.x.as<float>()), out = writes(a.out.as<float>());
  if (a.failed()) return;
  Walk walk;
  walk.total = a.outer * a.length * a.inner;
  a.support(walk.total > 0);
  link = {Link::reduce, a.op, 0, 0, walk, {x}, out, true, a.length, a.inner};
}

template <class Args>
double readAs(const Call& call, Link& link) {
  Args args(call);
  if (!args.failed()) read(args, link);
  return args.status();
}

struct Reader {
  const char* name;
  double (*read)(const Call&, Link&);
};

// The kernels that are marked in the schema; each has a `read` above.
#define ROW(name, Args) {#name, readAs<Args>},
const Reader readers[] = {SIMDGRAD_LINKS(ROW)};
#undef ROW

}  // namespace

double readLink(const char* name, const Call& call, Link& link) {
  for (const Reader& reader : readers)
    if (strcmp(reader.name, name) == 0) return reader.read(call, link);
  return UNSUPPORTED;
}

}  // namespace simdgrad
