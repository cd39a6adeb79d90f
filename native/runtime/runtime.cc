// The few C++ runtime functions that node-addon-api and std::vector need, for both C++ libraries (GCC's
// libstdc++, LLVM's libc++). Linking them from the static libstdc++ would also link its exception handling,
// and with it symbols of glibc 2.36, which is newer than the glibc 2.28 that Node needs. Nothing here throws.

#include <cstdlib>
#include <string>

void* operator new(std::size_t bytes) {
  void* memory = malloc(bytes > 0 ? bytes : 1);
  if (!memory) abort();
  return memory;
}
void operator delete(void* memory) noexcept { free(memory); }
void operator delete(void* memory, std::size_t) noexcept { free(memory); }

void* operator new[](std::size_t bytes) { return operator new(bytes); }
void operator delete[](void* memory) noexcept { free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { free(memory); }

// Instantiated here, so that the linker does not take it from the C++ library.
template class std::basic_string<char>;

// Called when a caller violates their preconditions, and by a vector when there is no memory.
#ifdef _LIBCPP_VERSION
#ifndef _LIBCPP_VERBOSE_ABORT_NOEXCEPT  // defined where its declaration has noexcept
#define _LIBCPP_VERBOSE_ABORT_NOEXCEPT
#endif
[[noreturn]] void std::__libcpp_verbose_abort(const char*, ...) _LIBCPP_VERBOSE_ABORT_NOEXCEPT { abort(); }
#else
namespace std {
[[noreturn]] void __throw_bad_alloc() { abort(); }
[[noreturn]] void __throw_bad_array_new_length() { abort(); }
[[noreturn]] void __throw_length_error(const char*) { abort(); }
[[noreturn]] void __throw_logic_error(const char*) { abort(); }
[[noreturn]] void __throw_out_of_range_fmt(const char*, ...) { abort(); }
}  // namespace std
#endif
