/* Integer arithmetic of every width: what a compiler emits for C's operators. */
#include <stdlib.h>

#include "selftest.h"

void arithmetic8(void)
{
    for (int i = 0; i < 50; i++) {
        uint8_t a = (uint8_t)awkward32(), b = (uint8_t)awkward32();
        int8_t c = (int8_t)a, d = (int8_t)b;
        uint8_t sum = a + b, product = a * b, shifted = a << (b & 7);
        int8_t difference = c - d, negated = -c, right = c >> (b & 7);
        mix(sum), mix(product), mix(shifted), mix((u32)difference), mix((u32)negated);
        mix((u32)right), mix(c < d), mix(a < b), mix(b ? a / b : 0), mix(d ? (u32)(c % d) : 0);
    }
}

void arithmetic16(void)
{
    for (int i = 0; i < 50; i++) {
        uint16_t a = (uint16_t)awkward32(), b = (uint16_t)awkward32();
        int16_t c = (int16_t)a, d = (int16_t)b;
        uint16_t sum = a + b, swapped = (uint16_t)(a << 8 | a >> 8);
        int16_t difference = c - d, product = (int16_t)((u32)c * (u32)d), right = c >> (b & 15);
        mix(sum), mix(swapped), mix((u32)difference), mix((u32)product), mix((u32)right);
        mix((u32)(c * (s32)(d >> 1))), mix(c <= d), mix(a <= b), mix(d ? (u32)(c / d) : 0);
    }
}

void arithmetic32(void)
{
    for (int i = 0; i < 60; i++) {
        u32 a = awkward32(), b = awkward32(), c = awkward32();
        s32 sa = (s32)a, sb = (s32)b;
        mix(a + b), mix(a - b), mix(a * b + c), mix(c - a * b), mix(-a), mix(~a & b), mix(a | ~c);
        mix(a ^ b), mix(a & 0xFF00FF00), mix(a + 0x12345678), mix(sa < sb), mix(a < b);
        mix(sa >= sb ? a : c), mix(a == b ? b : c), mix(a > c), mix((u32)abs(sa >> 1));
        mix(__builtin_bswap32(a)), mix(a ? (u32)__builtin_clz(a) : 32);
        mix(a ? (u32)__builtin_ctz(a) : 32), mix((u32)__builtin_popcount(a));
        s32 sum;
        mix(__builtin_add_overflow(sa, sb, &sum)), mix((u32)sum);
        mix(__builtin_sub_overflow(sa, sb, &sum)), mix((u32)sum);
    }
}

void arithmetic64(void)
{
    for (int i = 0; i < 40; i++) {
        u64 a = awkward64(), b = awkward64();
        s64 sa = (s64)a, sb = (s64)b;
        mix64(a + b), mix64(a - b), mix64(a * b), mix64(-a), mix64(a & ~b), mix64(a ^ b);
        mix(sa < sb), mix(a < b), mix(a == b), mix64(sa > sb ? a : b), mix64((u64)(s64)(s32)a);
        mix64((u64)(u32)a * (u32)b), mix64((u64)((s64)(s32)a * (s32)b)), mix64(a * (u32)b);
        mix64(__builtin_bswap64(a)), mix(a ? (u32)__builtin_clzll(a) : 64);
    }
}

void shifts(void)
{
    for (u32 i = 0; i < 192; i += 3) {
        u32 a = awkward32(), by = i & 31;
        u64 wide = awkward64(), wide_by = i & 63;
        mix(a << by), mix(a >> by), mix((u32)((s32)a >> by)), mix(a >> by | a << (-by & 31));
        mix(a << 3), mix(a >> 7), mix((u32)((s32)a >> 31)), mix(a + (a << 4)), mix(a - (a >> 9));
        mix64(wide << wide_by), mix64(wide >> wide_by), mix64((u64)((s64)wide >> wide_by));
        mix64(wide << 1), mix64(wide >> 33), mix64((u64)((s64)wide >> 5));
    }
}

void division32(void)
{
    for (int i = 0; i < 60; i++) {
        u32 a = awkward32(), b = awkward32();
        s32 sa = (s32)a, sb = (s32)b;
        if (b == 0 || (a == 0x80000000 && sb == -1))
            continue;
        mix(a / b), mix(a % b), mix((u32)(sa / sb)), mix((u32)(sa % sb));
        mix(a / 10), mix(a % 1000), mix((u32)(sa / 7)), mix((u32)(sa % 16)), mix((u32)(sa / -3));
    }
}

void division64(void)
{
    for (int i = 0; i < 30; i++) {
        u64 a = awkward64(), b = awkward64() >> (i & 32);
        s64 sa = (s64)a, sb = (s64)b;
        if (b == 0 || (a == 0x8000000000000000 && sb == -1))
            continue;
        mix64(a / b), mix64(a % b), mix64((u64)(sa / sb)), mix64(a / 10);
    }
}

#ifdef __arm__ /* libgcc 12's signed 64-bit remainder is wrong on MicroBlaze */
void modulo64(void)
{
    for (int i = 0; i < 30; i++) {
        s64 a = (s64)awkward64() >> (i & 31), b = (s64)awkward64() >> (i & 32);
        if (b != 0 && b != -1)
            mix64((u64)(a % b)), mix64((u64)(a % 1000));
    }
}
#endif
