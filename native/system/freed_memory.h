#pragma once

namespace simdgrad {

/**
 * Asks the process's allocator to keep freed memory instead of returning it to the system. Returns false
 * where the allocator has no such setting.
 */
bool keepFreedMemory();

}  // namespace simdgrad
