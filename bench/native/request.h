#pragma once
// Requests and answers of bench/contestants/protocol.ts, one JSON object per line. The fields of a request
// have distinct names at every depth, and its strings hold no quotes, so a field is found by its name.

#include <string>

#include "clock.h"

namespace bench {

class Request {
 public:
  explicit Request(std::string line) : line_(std::move(line)) {}
  double number(const char* name) const;
  int integer(const char* name) const { return static_cast<int>(number(name)); }
  bool flag(const char* name) const;
  std::string text(const char* name) const;

 private:
  const char* value(const char* name) const;
  std::string line_;
};

/** `check` has the meaning that the protocol gives it for the kind of case. */
void answer(const Times& times, double check);

/** Ends the program. The benchmark shows the last line on standard error. */
[[noreturn]] void refuse(const std::string& why);

}  // namespace bench
