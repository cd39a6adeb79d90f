// The little of the C++ runtime that node-addon-api and std::vector refer to. Taken from the static libstdc++ it would bring the machinery of
// exceptions along, and with it symbols of glibc 2.36: newer than Node itself, which runs from 2.28 on. Nothing here throws.

#include <cstdlib>
#include <string>

void* operator new(std::size_t bytes) {
  void* memory = malloc(bytes > 0 ? bytes : 1);
  if (!memory) abort();
  return memory;
}
void operator delete(void* memory) noexcept { free(memory); }
void operator delete(void* memory, std::size_t) noexcept { free(memory); }

// Compiled here instead of being found in libstdc++.
template class std::basic_string<char>;

// What they call when a caller breaks their rules, and a vector when there is no memory.
namespace std {
[[noreturn]] void __throw_bad_alloc() { abort(); }
[[noreturn]] void __throw_bad_array_new_length() { abort(); }
[[noreturn]] void __throw_length_error(const char*) { abort(); }
[[noreturn]] void __throw_logic_error(const char*) { abort(); }
[[noreturn]] void __throw_out_of_range_fmt(const char*, ...) { abort(); }
}  // namespace std
