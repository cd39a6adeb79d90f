#pragma once
#include "library.h"
#include "request.h"

namespace bench {

/**
 * Answers a case of kind "gemm" with that library. The check is the error found, relative to the bound of its
 * arithmetic.
 */
void runGemm(const Request& request, const Library& library);

}  // namespace bench
