#pragma once
#include "request.h"

namespace bench {

/** A case of kind "peak": one repetition is a million operations on each of `threads` threads. */
void runPeak(const Request& request);

/**
 * A case of kind "stream": one repetition is one pass over `elements` elements, shared by `threads` threads.
 */
void runStream(const Request& request);

}  // namespace bench
