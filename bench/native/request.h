#pragma once
// Requests and answers of bench/contestants/protocol.ts, one JSON object a line. A request's fields have
// distinct names at every depth and its texts hold no quotes, so a field is found by its name.

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

/** `check` is what the protocol says for the kind of case. */
void answer(const Times& times, double check);

/** Ends the program: whoever asks sees the last line on standard error. */
[[noreturn]] void refuse(const std::string& why);

}  // namespace bench
