#pragma once
// Since glibc 2.34 the thread functions are part of libc itself and have that version, so a library built
// there would not load on an older system. The functions have not changed, so this file requests their old
// versions. (Node 20 itself needs glibc 2.28.)

// Only for the addon (position-independent code that is not an executable). Test programs run on the machine
// that builds them.
#if !defined(__PIC__) || defined(__PIE__)
#elif defined(__GLIBC__) && defined(__x86_64__)
#define SIMDGRAD_OLD "GLIBC_2.2.5"
#elif defined(__GLIBC__) && defined(__aarch64__)
#define SIMDGRAD_OLD "GLIBC_2.17"
#endif

#ifdef SIMDGRAD_OLD
__asm__(".symver pthread_create, pthread_create@" SIMDGRAD_OLD);
__asm__(".symver pthread_attr_setstacksize, pthread_attr_setstacksize@" SIMDGRAD_OLD);
__asm__(".symver pthread_detach, pthread_detach@" SIMDGRAD_OLD);
__asm__(".symver pthread_join, pthread_join@" SIMDGRAD_OLD);
__asm__(".symver pthread_sigmask, pthread_sigmask@" SIMDGRAD_OLD);
__asm__(".symver pthread_once, pthread_once@" SIMDGRAD_OLD);
__asm__(".symver pthread_key_create, pthread_key_create@" SIMDGRAD_OLD);
__asm__(".symver pthread_setspecific, pthread_setspecific@" SIMDGRAD_OLD);
__asm__(".symver dlopen, dlopen@" SIMDGRAD_OLD);
__asm__(".symver dlsym, dlsym@" SIMDGRAD_OLD);
__asm__(".symver dlerror, dlerror@" SIMDGRAD_OLD);
#undef SIMDGRAD_OLD
#endif
