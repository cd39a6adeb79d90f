#pragma once
#include "library.h"
#include "request.h"

namespace bench {

/**
 * Runs a case of kind "gemm" with that library and answers it. The check is the error, relative to the error
 * bound of its arithmetic.
 */
void runGemm(const Request& request, const Library& library);

}  // namespace bench
