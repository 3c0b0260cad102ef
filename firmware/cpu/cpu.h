/* What a benchmark program gives to main.c, and what all of them use. */
#ifndef CPU_H
#define CPU_H

#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define NOINLINE __attribute__((noinline))

extern const char program[];  /* its name */
extern volatile u32 rounds;   /* how often work() is called; data, not bss: see main.c */
void prepare(void);           /* tables and inputs, once */
u32 work(u32 seed);           /* one round; the answer depends on all that it did */

void translation_on(void);    /* mmu.c: called first, if `paged` is not 0 */

/* The next random number of a generator whose state is not 0 (xorshift, periods of 2**32 - 1). */
static inline u32 random32(u32 *state)
{
    u32 x = *state;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

static inline u32 rotate_left(u32 word, unsigned by)
{
    return word << by | word >> (32 - by);
}

static inline u32 rotate_right(u32 word, unsigned by)
{
    return word >> by | word << (32 - by);
}

static inline u32 mix(u32 checksum, u32 word)
{
    return rotate_left(checksum, 5) * 5 + word;
}

#endif
