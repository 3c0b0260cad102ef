/* Floating point in software, and newlib's conversions to and from text. */
#include <stdio.h>
#include <stdlib.h>

#include "selftest.h"

static void mix_float(float value)
{
    u32 bits;

    memcpy(&bits, &value, sizeof bits);
    mix(value != value ? 0x7FC00000 : bits); /* a NaN's sign and payload are the library's own */
}

static void mix_double(double value)
{
    u64 bits;

    memcpy(&bits, &value, sizeof bits);
    mix64(value != value ? 0x7FF8000000000000 : bits);
}

static NOINLINE float float_from(u32 bits)
{
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

void single_precision(void)
{
    static const u32 corners[] = {0x00000000, 0x80000000, 0x7F800000, 0xFF800000, 0x00000001,
                                  0x007FFFFF, 0x00800000, 0x7F7FFFFF, 0x3F800000, 0x7FC00000};

    for (u32 i = 0; i < 80; i++) {
        u32 a_bits = i < 50 ? corners[i % 10] : random32();
        u32 b_bits = i < 50 ? corners[i / 10] : (random32() & 0x807FFFFF) | (a_bits & 0x7F000000);
        float a = float_from(a_bits), b = float_from(b_bits);
        mix_float(a + b), mix_float(a - b), mix_float(a * b), mix_float(a / b), mix_double(a);
        mix(a < b), mix(a <= b), mix(a == b), mix(a != b), mix(a > b);
        mix_float((float)(s32)random32()), mix_float((float)random32());
        mix_float((float)awkward64()), mix((u32)(s32)((float)(s32)random32() * 0.4f));
    }
}

void double_precision(void)
{
    double sum = 0, term = 1;

    for (u32 i = 0; i < 20; i++) {
        double a = (double)(s64)awkward64(), b = (double)(s32)awkward32() / 65536.0;
        mix_double(a + b), mix_double(a - b), mix_double(a * b), mix_double(b / (a + 0.5));
        mix(a < b), mix(a >= b), mix_float((float)(a / 3)), mix64((u64)(s64)(b * 1e6));
        mix((u32)(s32)b), mix64((u64)(b < 0 ? -b : b)), mix_double((double)awkward32());
        sum += term, term /= (i + 1);
    }
    mix_double(sum); /* e */
}

void formatting(void)
{
    char line[160];

    for (u32 i = 0; i < 4; i++) {
        s32 n = (s32)awkward32();
        double d = n / 1024.0;
        snprintf(line, sizeof line, "%ld %+ld %08lx %#lo %10lu|%-12ld|% ld", (long)n, (long)n,
                 (long)n, (long)n, (long)n, (long)n, (long)n);
        mix_bytes(line, strlen(line));
        snprintf(line, sizeof line, "%lld %llu %hhd %hx %c%%%5s%-5s%.2s", (long long)d * n,
                 (long long)~n, (int)(n & 127), (int)(n & 0xFFFF), 'x', "ab", "cd", "efg");
        mix_bytes(line, strlen(line));
        snprintf(line, sizeof line, "%f %.3f %12.4e %g %G %*.*f", d, d, d, d, d * 1e20, 12, 2, d);
        mix_bytes(line, strlen(line));
        mix((u32)strtol(line, NULL, 10)), mix_double(strtod(line, NULL));
    }
    const char *volatile text = "longer than that";
    mix((u32)snprintf(line, 4, "%s", text)), mix_bytes(line, 4);
}
