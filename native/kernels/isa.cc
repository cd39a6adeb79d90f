// Collects the kernel bodies of all families. This file is compiled once per instruction set.

#include "isa.h"

#include "../simd/simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

#define SIMDGRAD_STRING_(x) #x
#define SIMDGRAD_STRING(x) SIMDGRAD_STRING_(x)

#define DECLARE(family) void add##family(Isa& isa);
SIMDGRAD_FAMILIES(DECLARE)

Isa isa() {
  Isa table{};
  table.name = SIMDGRAD_STRING(SIMDGRAD_ISA_NS);
  table.width = W;
#define ADD(family) add##family(table);
  SIMDGRAD_FAMILIES(ADD)
  return table;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
