// What the module needs of C's library beside the sources of `libc` in native/sources.json. To link the
// whole library, zig would compile its 700 files first, for a minute.

#include <cmath>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

extern "C" {

void __wasm_call_ctors();

/** Constructors of static objects, in the module's start. */
__attribute__((export_name("_initialize"))) void _initialize() { __wasm_call_ctors(); }

/** Destructors of static objects never run: the module has no end. */
int __cxa_atexit(void (*)(void*), void*, void*) { return 0; }

void abort() { __builtin_trap(); }

}  // extern "C"

namespace {

/** Text of a limited length. What does not fit is counted and dropped. */
class Text {
 public:
  Text(char* text, size_t size) : text_(text), size_(size) {}

  void put(char c) {
    if (length_ + 1 < size_) text_[length_] = c;
    length_++;
  }
  void put(const char* string) {
    while (*string) put(*string++);
  }
  void put(uint64_t integer) {
    char digits[20];
    int count = 0;
    do digits[count++] = static_cast<char>('0' + integer % 10);
    while (integer /= 10);
    while (count > 0) put(digits[--count]);
  }

  /** Ends the text. Returns the length that all of it needs. */
  int end() {
    if (size_ > 0) text_[length_ < size_ ? length_ : size_ - 1] = '\0';
    return static_cast<int>(length_);
  }

 private:
  char* text_;
  size_t size_, length_ = 0;
};

/** Writes the sign, infinity and NaN. Returns false if that was all; otherwise |x| is to be written. */
bool isFinite(Text& out, double x) {
  if (x != x) return out.put("nan"), false;
  if (std::signbit(x)) out.put('-');
  if (__builtin_isinf(x)) return out.put("inf"), false;
  return true;
}

/** As %.0f does: all digits, of up to 2^1024. */
void putWhole(Text& out, double x) {
  if (!isFinite(out, x)) return;
  x = __builtin_nearbyint(__builtin_fabs(x));
  int doublings = 0;
  for (; x >= 0x1p53; doublings++) x /= 2;
  // In base 1e9, the lowest limb first: 35 of them hold 10^315.
  constexpr uint64_t base = 1000000000;
  uint64_t limbs[35] = {}, carry = static_cast<uint64_t>(x);
  for (int i = 0; carry > 0; carry /= base) limbs[i++] = carry % base;
  for (; doublings > 0; doublings--)
    for (uint64_t& limb : limbs) {
      limb = 2 * limb + carry;
      carry = limb / base;
      limb %= base;
    }
  int top = 34;
  while (top > 0 && limbs[top] == 0) top--;
  out.put(limbs[top]);
  while (top-- > 0)
    for (uint64_t unit = base / 10; unit > 0; unit /= 10) out.put(static_cast<char>('0' + limbs[top] / unit % 10));
}

/** As %g does: up to six digits. The sixth may be off by one, as `scale` is a product of rounded powers. */
void putShort(Text& out, double x) {
  if (!isFinite(out, x)) return;
  x = __builtin_fabs(x);
  int exponent = 0;
  if (x != 0) {
    if (x < 1e-290) x *= 1e30, exponent = -30;  // denormal powers of ten have few digits
    double scale = 1;
    for (; x / scale >= 10; exponent++) scale *= 10;
    for (; x / scale < 1; exponent--) scale /= 10;
    x /= scale;
  }
  auto digits = static_cast<uint64_t>(__builtin_nearbyint(x * 1e5));
  if (digits >= 1000000) digits /= 10, exponent++;
  int count = 6;
  for (; count > 1 && digits % 10 == 0; count--) digits /= 10;
  char shown[7] = {};
  for (int i = count; i-- > 0; digits /= 10) shown[i] = static_cast<char>('0' + digits % 10);
  const bool scientific = exponent < -4 || exponent >= 6;
  const int whole = scientific ? 0 : exponent;  // the power of ten of the digit before the point
  if (whole < 0) {
    out.put("0.");
    for (int i = whole; i < -1; i++) out.put('0');
    out.put(shown);
    return;
  }
  for (int i = 0; i <= whole || i < count; i++) {
    if (i == whole + 1) out.put('.');
    out.put(i < count ? shown[i] : '0');
  }
  if (!scientific) return;
  out.put(exponent < 0 ? "e-" : "e+");
  const uint64_t power = static_cast<uint64_t>(exponent < 0 ? -exponent : exponent);
  if (power < 10) out.put('0');
  out.put(power);
}

}  // namespace

/** The conversions that messages of the library use: %s %d %zu %g %.0f and %%. */
extern "C" int vsnprintf(char* text, size_t size, const char* format, va_list list) {
  Text out(text, size);
  for (; *format; format++) {
    if (*format != '%') {
      out.put(*format);
      continue;
    }
    switch (*++format) {
      case 's': out.put(va_arg(list, const char*)); break;
      case 'd': {
        const int64_t integer = va_arg(list, int);
        if (integer < 0) out.put('-');
        out.put(static_cast<uint64_t>(integer < 0 ? -integer : integer));
        break;
      }
      case 'z': format++, out.put(uint64_t{va_arg(list, size_t)}); break;
      case 'g': putShort(out, va_arg(list, double)); break;
      case '.': {
        format += 2;
        putWhole(out, va_arg(list, double));
        break;
      }
      default: out.put(*format);
    }
  }
  return out.end();
}
