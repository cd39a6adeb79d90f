#include <cblas.h>

#include "../library.h"

namespace bench {
namespace {

void multiply(const Product& p) {
  const auto blasInt = [](int64_t n) { return static_cast<blasint>(n); };
  cblas_sgemm(CblasRowMajor, p.transA ? CblasTrans : CblasNoTrans, p.transB ? CblasTrans : CblasNoTrans, blasInt(p.m), blasInt(p.n),
              blasInt(p.k), 1.0f, p.a, blasInt(p.aRowLength()), p.b, blasInt(p.bRowLength()), 0.0f, p.c, blasInt(p.n));
}

/** "OpenBLAS 0.3.21 NO_AFFINITY USE64… Cooperlake MAX_THREADS=64" → "0.3.21 Cooperlake" */
std::string version() {
  std::string config = openblas_get_config();
  const size_t start = config.find(' ') + 1;
  return config.substr(start, config.find(' ', start) - start) + " " + openblas_get_corename();
}

}  // namespace

Library openblas() {
  return {"OpenBLAS", version(), reinterpret_cast<const void*>(cblas_sgemm), openblas_set_num_threads, multiply};
}

}  // namespace bench
