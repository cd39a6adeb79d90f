#include "request.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace bench {

const char* Request::value(const char* name) const {
  const std::string key = "\"" + std::string(name) + "\":";
  const size_t at = line_.find(key);
  if (at == std::string::npos) refuse("no " + std::string(name) + " in " + line_);
  return line_.c_str() + at + key.size();
}

double Request::number(const char* name) const { return strtod(value(name), nullptr); }

bool Request::flag(const char* name) const { return strncmp(value(name), "true", 4) == 0; }

std::string Request::text(const char* name) const {
  const char* start = value(name);
  const char* end = *start == '"' ? strchr(start + 1, '"') : nullptr;
  if (!end) refuse("no text for " + std::string(name) + " in " + line_);
  return std::string(start + 1, end);
}

void answer(const Times& times, double check) {
  printf("{\"best\":%.9g,\"median\":%.9g,\"count\":%zu,\"check\":%.9g}\n", times.best(), times.median(), times.samples.size(), check);
  fflush(stdout);
}

void refuse(const std::string& why) {
  fprintf(stderr, "%s\n", why.c_str());
  exit(1);
}

}  // namespace bench
