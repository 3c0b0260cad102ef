/* Code that is executed once in a round: 1000 functions that no two instructions need be alike in.
 *
 * K(n, i) is a number of function n, known when it is compiled: it chooses what the function is made
 * of and its constants, so the compiler leaves a mix of its own for each. */
#include "costs.h"

#define K(n, i) ((((n) * 2654435761u) ^ (((i) + 1) * 2246822519u)) >> 9 ^ ((n) + 7) * (i) * 40503u)
#define CHANCE(n, i, of) (K(n, i) % (of) == 0)

typedef struct { u32 word; u16 half; u8 byte; signed char small; u32 count[5]; } record;

const char program[] = "cold";
volatile u32 rounds = 1;

static record records[256];

static NOINLINE u32 shared(u32 a, u32 b)
{
    return rotate_left(a, 7) - b;
}

static inline __attribute__((always_inline)) u32 part(u32 n, u32 i, record *one, u32 a, u32 b)
{
    switch (K(n, i) % 12) {
    case 0:  return a + b * (K(n, i + 1) & 0xFFFF);
    case 1:  one->word += a; return rotate_right(b, K(n, i + 1) % 31 + 1) ^ one->count[K(n, i) % 5];
    case 2:  one->half = (u16)(a >> K(n, i + 1) % 16); return b + one->half;
    case 3:  one->byte ^= (u8)b; return a - (u32)one->small;
    case 4:  return (s32)a < (s32)K(n, i + 1) ? b ^ K(n, i + 2) : b + (a >> 3);
    case 5:  return a & (1u << K(n, i + 1) % 32) ? (b | K(n, i + 2)) - a : (b & ~a) + 5;
    case 6:  return shared(a ^ (K(n, i + 1) & 0xFF), b);
    case 7:  one->count[a % 4] = b; return one[1].word + one->count[K(n, i + 1) % 5];
    case 8:  if (a == K(n, i + 1)) one->word = 0; else one->count[1]++; return b ^ a >> 5;
    case 9:  for (u32 j = 0; j < K(n, i + 1) % 3 + 2; j++) a = a * 3 + one->count[j]; return a ^ b;
    case 10: return ((u64)a * K(n, i + 1) >> 32) + b;
    default: return a < b ? a + (K(n, i + 1) & 0x3FF) : b - (K(n, i + 2) & 0x3FF);
    }
}

#define FUNCTION(n)                                                                                \
    static NOINLINE u32 f##n(u32 a, u32 b)                                                         \
    {                                                                                              \
        record *one = &records[K(n, 0) % 255];                                                     \
        u32 c = a ^ K(n, 1), d = b + (K(n, 2) & 0xFFF);                                            \
        a = part(n, 3, one, a, b);                                                                 \
        b = part(n, 6, one, b, c);                                                                 \
        c = part(n, 9, one, c, d);                                                                 \
        if (CHANCE(n, 12, 2)) {                                                                    \
            one = &records[(a ^ c) % 255];                                                         \
            d = part(n, 13, one, d, a);                                                            \
        }                                                                                          \
        a = part(n, 16, one, a, c);                                                                \
        if (CHANCE(n, 19, 3) && (s32)b > (s32)c)                                                   \
            b = part(n, 20, one, b, shared(d, c));                                                 \
        c = part(n, 23, one, c, b);                                                                \
        d = part(n, 26, one, d, c);                                                                \
        return mix(mix(a, b), mix(c, d));                                                          \
    }
#define NAME(n) f##n,

#define TEN(what, h, t)                                                                            \
    what(1##h##t##0) what(1##h##t##1) what(1##h##t##2) what(1##h##t##3) what(1##h##t##4)           \
    what(1##h##t##5) what(1##h##t##6) what(1##h##t##7) what(1##h##t##8) what(1##h##t##9)
#define HUNDRED(what, h)                                                                           \
    TEN(what, h, 0) TEN(what, h, 1) TEN(what, h, 2) TEN(what, h, 3) TEN(what, h, 4)                \
    TEN(what, h, 5) TEN(what, h, 6) TEN(what, h, 7) TEN(what, h, 8) TEN(what, h, 9)
#define THOUSAND(what)                                                                             \
    HUNDRED(what, 0) HUNDRED(what, 1) HUNDRED(what, 2) HUNDRED(what, 3) HUNDRED(what, 4)           \
    HUNDRED(what, 5) HUNDRED(what, 6) HUNDRED(what, 7) HUNDRED(what, 8) HUNDRED(what, 9)

THOUSAND(FUNCTION)

static u32 (*const functions[])(u32, u32) = {THOUSAND(NAME)};

void prepare(void)
{
}

u32 work(u32 seed)
{
    for (u32 at = 0; at < COUNT(functions); at++)
        seed = functions[at](seed, at);
    return seed;
}
