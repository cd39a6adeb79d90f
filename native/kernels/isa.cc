// Collects the bodies of all families for one instruction set. Compiled once per instruction set.

#include "isa.h"

#include "../simd/simd.h"

namespace simdgrad::SIMDGRAD_ISA_NS {

#define SIMDGRAD_STRING_(x) #x
#define SIMDGRAD_STRING(x) SIMDGRAD_STRING_(x)

// Each family: one function that sets its members of the table.
void addGemm(Isa& isa);
void addCopy(Isa& isa);
void addElementwise(Isa& isa);
void addReduce(Isa& isa);
void addSoftmax(Isa& isa);
void addLoss(Isa& isa);
void addIndex(Isa& isa);
void addOptim(Isa& isa);
void addRules(Isa& isa);
void addRandom(Isa& isa);
void addPatches(Isa& isa);
void addConv(Isa& isa);
void addPooling(Isa& isa);

Isa isa() {
  Isa table{};
  table.name = SIMDGRAD_STRING(SIMDGRAD_ISA_NS);
  table.width = W;
  addGemm(table);
  addCopy(table);
  addElementwise(table);
  addReduce(table);
  addSoftmax(table);
  addLoss(table);
  addIndex(table);
  addOptim(table);
  addRules(table);
  addRandom(table);
  addPatches(table);
  addConv(table);
  addPooling(table);
  return table;
}

}  // namespace simdgrad::SIMDGRAD_ISA_NS
