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

#if SIMDGRAD_ISA_ID == 3
void addPairProducts(Isa& isa);

Isa isaWithPairs() {
  Isa table = isa();
  table.name = "avx512bf16";
  addPairProducts(table);
  return table;
}
#endif

}  // namespace simdgrad::SIMDGRAD_ISA_NS
