// What Debian's libstdc++ and libgcc expect from glibc and musl lacks. Bun's build for musl needs that C++
// library, which Debian has for glibc only. musl loads it with this file: before everything else, and in the
// place of glibc's loader, which libstdc++ names as a library that it needs. For tests: exceptions are not caught, and thread_local objects
// are not destroyed.
#define _GNU_SOURCE
#include <locale.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <time.h>

uint32_t arc4random(void) {
  uint32_t x = 0;
  getrandom(&x, sizeof x, 0);
  return x;
}

size_t __strftime_l(char* out, size_t size, const char* format, const struct tm* time, locale_t locale) {
  return strftime_l(out, size, format, time, locale);
}

int __cxa_thread_atexit_impl(void (*destroy)(void*), void* object, void* library) { return 0; }
unsigned long __getauxval(unsigned long type) { return getauxval(type); }
char __libc_single_threaded = 0;
int _dl_find_object(void* address, void* result) { return -1; }

struct {
  unsigned features[4];
} __cpu_model;
int __cpu_indicator_init(void) { return 0; }
