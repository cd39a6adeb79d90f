// The native part of the benchmark: our kernels and the libraries found at build time, in one program. It
// speaks the protocol of bench/contestants/protocol.ts. The arguments name the libraries to use (none: all).

#include <dlfcn.h>

#include <cstdio>
#include <cstring>
#include <iostream>

#include "../../native/threads/cores.h"
#include "../../native/isa/dispatch.h"
#include "clock.h"
#include "gemm.h"
#include "latency.h"
#include "limits.h"

using namespace bench;

namespace {

void hello(const std::vector<Library>& libraries) {
  printf("{\"name\":\"native\",\"isa\":\"%s\",\"threads\":%d,\"libraries\":[", simdgrad::isa().name, simdgrad::usableCores());
  const char* separator = "";
  for (const Library& library : libraries) {
    Dl_info info = {};
    dladdr(library.address, &info);
    const char* file = info.dli_fname ? strrchr(info.dli_fname, '/') : nullptr;
    printf("%s{\"name\":\"%s\",\"version\":\"%s\",\"file\":\"%s\"}", separator, library.name, library.version.c_str(), file ? file + 1 : "");
    separator = ",";
  }
  printf("]}\n");
  fflush(stdout);
}

const Library& named(const std::vector<Library>& libraries, const std::string& name) {
  for (const Library& library : libraries)
    if (name == library.name) return library;
  refuse("no library " + name);
}

bool isWanted(const char* name, int count, char** names) {
  for (int i = 0; i < count; i++)
    if (strcmp(names[i], name) == 0) return true;
  return count == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (simdgrad::isaCount() == 0) refuse(simdgrad::isaNote());
  if (const char* isa = getenv("SIMDGRAD_ISA"))
    if (*isa && !simdgrad::setIsa(isa)) refuse(std::string("SIMDGRAD_ISA=") + isa + " does not run here");
  std::vector<Library> taking;
  for (const Library& library : libraries())
    if (isWanted(library.name, argc - 1, argv + 1)) taking.push_back(library);
  // OpenBLAS starts its threads when it is loaded. They spin for 100 ms, on cores that the first measurements
  // would use.
  quiesce();
  hello(taking);
  for (std::string line; std::getline(std::cin, line);) {
    const Request request(line);
    const std::string kind = request.text("kind");
    if (kind == "gemm") runGemm(request, named(taking, request.text("library")));
    else if (kind == "peak") runPeak(request);
    else if (kind == "stream") runStream(request);
    else if (kind == "forkJoin") runForkJoin(request);
    else if (kind == "idle") runIdle(request);
    else refuse("unknown kind " + kind);
  }
}
