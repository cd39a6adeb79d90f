#include "refusal.h"

#include <cstdarg>
#include <cstdio>

namespace simdgrad {

bool refuse(Refusal& refusal, const char* code, const char* format, ...) {
  refusal.code = code;
  va_list list;
  va_start(list, format);
  vsnprintf(refusal.text, sizeof refusal.text, format, list);
  va_end(list);
  return false;
}

}  // namespace simdgrad
