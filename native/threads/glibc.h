#pragma once
// Since glibc 2.34 the thread functions live in libc itself and carry that version, so a library built there does not load on
// an older system. The functions have not changed: ask for the versions they had before. (Node 20 itself needs glibc 2.28.)

// Only in the addon (position-independent, not an executable): programs that test the kernels are for the machine they are built on.
#if !defined(__PIC__) || defined(__PIE__)
#elif defined(__GLIBC__) && defined(__x86_64__)
#define SIMDGRAD_OLD "GLIBC_2.2.5"
#elif defined(__GLIBC__) && defined(__aarch64__)
#define SIMDGRAD_OLD "GLIBC_2.17"
#endif

#ifdef SIMDGRAD_OLD
__asm__(".symver pthread_create, pthread_create@" SIMDGRAD_OLD);
__asm__(".symver pthread_detach, pthread_detach@" SIMDGRAD_OLD);
__asm__(".symver pthread_join, pthread_join@" SIMDGRAD_OLD);
__asm__(".symver pthread_sigmask, pthread_sigmask@" SIMDGRAD_OLD);
__asm__(".symver pthread_once, pthread_once@" SIMDGRAD_OLD);
__asm__(".symver pthread_key_create, pthread_key_create@" SIMDGRAD_OLD);
__asm__(".symver pthread_setspecific, pthread_setspecific@" SIMDGRAD_OLD);
#undef SIMDGRAD_OLD
#endif
