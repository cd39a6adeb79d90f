#pragma once
#include "request.h"

namespace bench {

/** A case of kind "forkJoin": the pool's parallelFor over as many empty chunks as threads. */
void runForkJoin(const Request& request);

/**
 * A case of kind "idle": the CPU time that the pool's threads use in a tenth of a second, starting one
 * millisecond after work.
 */
void runIdle(const Request& request);

}  // namespace bench
