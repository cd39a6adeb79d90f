#pragma once
// A matrix product to compare: ours or another library's. Each library has a file under libraries/, which
// CMakeLists.txt adds when the library is installed.

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/**
 * C = op(A)·op(B) in row-major order without gaps: A is m x k, or k x m when transposed; B is k x n, or n x
 * k; C is m x n.
 */
struct Product {
  int64_t m, n, k;
  bool transA, transB;
  const float* a;
  const float* b;
  float* c;

  int64_t aRowLength() const { return transA ? m : k; }
  int64_t bRowLength() const { return transB ? k : n; }
};

struct Library {
  const char* name;
  std::string version;
  /** The function that is called. It shows which shared object really provides it. */
  const void* address;
  void (*setThreads)(int count);
  void (*multiply)(const Product&);
};

Library ours();
#ifdef BENCH_OPENBLAS
Library openblas();
#endif
#ifdef BENCH_BLIS
Library blis();
#endif
#ifdef BENCH_ONEDNN
Library onednn();
#endif

inline std::vector<Library> libraries() {
  return {
      ours(),
#ifdef BENCH_OPENBLAS
      openblas(),
#endif
#ifdef BENCH_BLIS
      blis(),
#endif
#ifdef BENCH_ONEDNN
      onednn(),
#endif
  };
}

}  // namespace bench
