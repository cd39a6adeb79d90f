// BLIS through its native interface, which takes strides: its cblas_sgemm has the same name as OpenBLAS's.
#include <blis.h>

#include "../library.h"

namespace bench {
namespace {

void multiply(const Product& p) {
  float one = 1, zero = 0;
  bli_sgemm(BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, p.m, p.n, p.k, &one, const_cast<float*>(p.a), p.transA ? 1 : p.k, p.transA ? p.m : 1,
            const_cast<float*>(p.b), p.transB ? 1 : p.n, p.transB ? p.k : 1, &zero, p.c, p.n, 1);
}

}  // namespace

Library blis() {
  const auto setThreads = [](int count) { bli_thread_set_num_threads(count); };
  const std::string architecture = bli_arch_string(bli_arch_query_id());
  return {"BLIS", bli_info_get_version_str() + (" " + architecture), reinterpret_cast<const void*>(bli_sgemm), setThreads, multiply};
}

}  // namespace bench
