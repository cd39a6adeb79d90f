#pragma once

namespace simdgrad {

/** Why a program cannot be made or run. */
struct Refusal {
  const char* code;
  char text[200];
};

/** Fills in the refusal, with the text in the form of printf. Returns false. */
bool refuse(Refusal& refusal, const char* code, const char* format, ...) __attribute__((format(printf, 3, 4)));

}  // namespace simdgrad
