// What an addon may need from its system (tools/platforms/check.js). A new name here must exist in the oldest
// system that targets.js compiles for.

export const allowedLibraries = {
  // libdl is a part of libc since glibc 2.34.
  linux: /^(libc|libdl|libm|libpthread|ld-linux-x86-64|ld-linux-aarch64)\.so\.\d$/,
  // musl has one library; the loader knows it by this name on every processor.
  musl: /^libc\.so$/,
  darwin: /^\/usr\/lib\/libSystem\.B\.dylib$/,
  // The C library of Windows 10 (UCRT) is in libraries named api-ms-win-crt-*.
  win32: /^(KERNEL32\.dll|api-ms-win-(core-synch-l1-2-0|crt-[a-z]+-l1-1-0)\.dll)$/i,
};

/** Symbols of the compiler's start files that a system may leave undefined. */
export const weakHooks = new Set([
  "_ITM_deregisterTMCloneTable",
  "_ITM_registerTMCloneTable",
  "__gmon_start__",
]);

const standard = `
  abort calloc free malloc memcmp memcpy memmove memset snprintf strchr strcmp strcspn strlen vsnprintf`;
const posix = `${standard}
  _exit clock_gettime dlerror dlopen dlsym getenv nanosleep sched_yield setenv sigaction
  pthread_attr_destroy pthread_attr_init pthread_attr_setstacksize pthread_create pthread_detach pthread_join
  pthread_key_create pthread_once pthread_setspecific pthread_sigmask sigfillset`;

// What mingw's start code of a library calls: the C library's initialization, and messages of its own.
const mingwStart = `
  DeleteCriticalSection EnterCriticalSection GetLastError InitializeCriticalSection LeaveCriticalSection
  TlsGetValue VirtualProtect VirtualQuery
  __acrt_iob_func __daylight __p___argc __p___argv __p___wargv __p__environ __p__wenviron
  __stdio_common_vfprintf __stdio_common_vfwprintf __stdio_common_vsprintf __timezone __tzname
  _configure_narrow_argv _configure_wide_argv _crt_at_quick_exit _crt_atexit _execute_onexit_table _exit
  _initialize_narrow_environment _initialize_onexit_table _initialize_wide_environment _initterm
  _register_onexit_function _set_new_mode _tzset fwrite strncmp`;

const set = (names) => new Set(names.trim().split(/\s+/));

export const allowedFunctions = {
  linux: set(`${posix}
    __cxa_atexit __cxa_finalize __tls_get_addr aligned_alloc fclose fgets fopen madvise mallopt prctl __sched_cpucount
    sched_getaffinity getauxval __getauxval __isoc99_sscanf sscanf strncmp strrchr strtod atof syscall
    atexit close lseek mmap open posix_fallocate unlink`),
  // clang clears memory by __bzero on x64.
  darwin: set(`${posix}
    ___error __bzero atexit bzero dladdr dyld_stub_binder posix_memalign pthread_setname_np sysctlbyname
    __ulock_wait __ulock_wake _tlv_bootstrap memset_pattern16`),
  win32: set(`${standard}
    CloseHandle CreateThread FlsAlloc FlsSetValue GetActiveProcessorCount GetCurrentProcess GetModuleHandleExW
    GetModuleHandleW GetProcAddress GetProcessAffinityMask InitOnceExecuteOnce QueryInformationJobObject
    QueryPerformanceCounter QueryPerformanceFrequency Sleep SwitchToThread WaitForSingleObject
    WaitOnAddress WakeByAddressAll WakeByAddressSingle _aligned_free _aligned_malloc
    ${mingwStart}`),
};
