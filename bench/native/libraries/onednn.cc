#include <omp.h>
#include <oneapi/dnnl/dnnl.h>

#include "../library.h"

namespace bench {
namespace {

void multiply(const Product& p) {
  dnnl_sgemm(p.transA ? 'T' : 'N', p.transB ? 'T' : 'N', p.m, p.n, p.k, 1.0f, p.a, p.aRowLength(), p.b, p.bRowLength(), 0.0f, p.c, p.n);
}

}  // namespace

Library onednn() {
  const dnnl_version_t* v = dnnl_version();
  const std::string version = std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
  return {"oneDNN", version, reinterpret_cast<const void*>(dnnl_sgemm), omp_set_num_threads, multiply};
}

}  // namespace bench
