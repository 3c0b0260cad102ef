/* Control flow and calling conventions. */
#include <setjmp.h>
#include <stdarg.h>

#include "selftest.h"

struct fields {
    unsigned first : 3;
    signed second : 5;
    unsigned third : 11;
    signed fourth : 13;
    u64 wide : 40;
};

void bit_fields(void)
{
    struct fields f = {0};

    for (int i = 0; i < 30; i++) {
        f.first += awkward32();
        f.second -= awkward32();
        f.third ^= awkward32();
        f.fourth = (s32)(awkward32() + f.third);
        f.wide += awkward64();
        mix(f.first), mix((u32)f.second), mix(f.third), mix((u32)f.fourth), mix64(f.wide);
    }
}

static NOINLINE u32 one_of(u32 which, u32 x)
{
    switch (which) {
    case 0: return x + 1;
    case 1: return x * 3;
    case 2: return x ^ 0x55555555;
    case 3: return x >> 3;
    case 4: return ~x;
    case 5: return x / 3;
    case 6: return x << 5;
    case 7: return x - 77;
    case 9: return x | 0x1000;
    case 11: return x & 0xFFF0FFF0;
    case 100: return 100;
    case 0x10000: return 0x10000 ^ x;
    case 0xFFFFFFFF: return -x;
    default: return x + which;
    }
}

void switches(void)
{
    static const u32 sparse[] = {100, 0x10000, 0xFFFFFFFF, 99, 12};
    u32 x = 1;

    for (u32 i = 0; i < 150; i++) {
        x = one_of(i & 1 ? random32() & 15 : sparse[i % COUNT(sparse)], x);
        mix(x);
    }
}

static NOINLINE u32 add(u32 a, u32 b) { return a + b; }
static NOINLINE u32 subtract(u32 a, u32 b) { return a - b; }
static NOINLINE u32 multiply(u32 a, u32 b) { return a * b; }
static NOINLINE u32 exclusive(u32 a, u32 b) { return a ^ b; }

void function_pointers(void)
{
    static u32 (*const volatile operations[])(u32, u32) = {add, subtract, multiply, exclusive};
    u32 x = 1;

    for (int i = 0; i < 100; i++) {
        u32 which = random32() >> 30;
        mix(x = operations[which](x, random32()));
    }
}

static NOINLINE u32 ackermann(u32 m, u32 n)
{
    if (m == 0)
        return n + 1;
    return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static NOINLINE u32 fibonacci(u32 n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

void recursion(void)
{
    mix(ackermann(2, 5)), mix(fibonacci(10));
}

struct pair { u32 a, b; };
struct large { u32 word[11]; uint8_t byte[5]; u64 wide; };

static NOINLINE struct pair swap_pair(struct pair p) { return (struct pair){p.b, p.a + 1}; }

static NOINLINE struct large turn(u32 before, struct large s, u64 after)
{
    u32 first = s.word[0];

    for (size_t i = 0; i + 1 < COUNT(s.word); i++)
        s.word[i] = s.word[i + 1] + before;
    s.word[COUNT(s.word) - 1] = first;
    s.byte[before % COUNT(s.byte)]++;
    s.wide += after;
    return s;
}

static NOINLINE u64 many(u32 a, u64 b, uint8_t c, int16_t d, u64 e, u32 f, s64 g, int8_t h)
{
    return a + 3 * b + 5 * c + 7 * (u64)d + 11 * e + 13 * f + 17 * (u64)g + 19 * (u64)h;
}

void structures(void)
{
    struct pair p = {1, 2};
    struct large s = {.word = {1, 2, 3}, .byte = {4}, .wide = 5};

    for (u32 i = 0; i < 30; i++) {
        p = swap_pair(p);
        s = turn(i, s, awkward64());
        mix(p.a), mix(p.b), mix(s.word[i % COUNT(s.word)]), mix(s.byte[i % 5]), mix64(s.wide);
        u64 wide = awkward64(), more = awkward64();
        mix64(many((u32)more, wide, (uint8_t)i, (int16_t)(i * 999), more, i, -(s64)i,
                   (int8_t)(i * 7)));
    }
}

static NOINLINE u64 sum_of(const char *kinds, ...)
{
    va_list arguments, again;
    u64 sum = 0;

    va_start(arguments, kinds);
    va_copy(again, arguments);
    for (; *kinds; kinds++)
        switch (*kinds) {
        case 'w': sum += va_arg(arguments, u32); break;
        case 'l': sum = 3 * sum + va_arg(arguments, u64); break;
        case 'd': sum += (u64)(s64)va_arg(arguments, double); break;
        case 'p': sum += *va_arg(arguments, u32 *); break;
        }
    sum += va_arg(again, u32);
    va_end(again);
    va_end(arguments);
    return sum;
}

void variable_arguments(void)
{
    u32 word = 12345;

    for (u32 i = 0; i < 30; i++) {
        u64 wide = awkward64(), more = awkward64();
        mix64(sum_of("wlwldp", i, wide, i * 3, more, -2.5 * i, &word));
        mix64(sum_of("wwwwwwl", i, 2, 3, 4, 5, 6, awkward64()));
    }
}

static jmp_buf checkpoint;

static NOINLINE void dive(u32 depth, u32 code)
{
    if (depth == 0)
        longjmp(checkpoint, (int)code);
    if (code) /* always */
        dive(depth - 1, code + depth);
    mix(depth); /* never reached; keeps the call from being a jump */
}

void jumps(void)
{
    for (volatile u32 i = 1; i < 20; i++) {
        int code = setjmp(checkpoint);
        mix((u32)code);
        if (code == 0)
            dive(i, i * 1000);
    }
}
