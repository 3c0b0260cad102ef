/* Copying, filling and comparing memory: sizes from 1 to 512 bytes, every alignment. */
#include "cpu.h"

enum { SIZE = 1024, LARGEST = 512 };

const char program[] = "copy";
volatile u32 rounds = 195000;

static u8 from[SIZE] __attribute__((aligned(8))), to[SIZE] __attribute__((aligned(8)));

typedef u32 __attribute__((may_alias)) Word;

void prepare(void)
{
    u32 state = 0xABCDEF;

    for (u32 i = 0; i < SIZE; i++)
        from[i] = (u8)random32(&state);
}

static int aligned(const void *pointer)
{
    return ((uintptr_t)pointer & 3) == 0;
}

/* By eight words, words and bytes where both are aligned alike, else by bytes. */
static NOINLINE void copy(u8 *target, const u8 *source, u32 size)
{
    if ((((uintptr_t)target ^ (uintptr_t)source) & 3) == 0) {
        for (; size && !aligned(target); size--)
            *target++ = *source++;
        for (; size >= 32; size -= 32, target += 32, source += 32) {
            Word *t = (Word *)target;
            const Word *s = (const Word *)source;
            u32 a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];

            t[0] = a, t[1] = b, t[2] = c, t[3] = d, t[4] = e, t[5] = f, t[6] = g, t[7] = h;
        }
        for (; size >= 4; size -= 4, target += 4, source += 4)
            *(Word *)target = *(const Word *)source;
    }
    while (size--)
        *target++ = *source++;
}

/* To a higher address of the same bytes. */
static NOINLINE void move_up(u8 *target, const u8 *source, u32 size)
{
    while (size--)
        target[size] = source[size];
}

static NOINLINE void fill(u8 *target, u8 byte, u32 size)
{
    u32 word = byte * 0x01010101u;

    for (; size && !aligned(target); size--)
        *target++ = byte;
    for (; size >= 4; size -= 4, target += 4)
        *(Word *)target = word;
    while (size--)
        *target++ = byte;
}

static NOINLINE u32 first_difference(const u8 *a, const u8 *b, u32 size)
{
    u32 at = 0;

    while (at < size && a[at] == b[at])
        at++;
    return at;
}

u32 work(u32 seed)
{
    static const u16 sizes[] = {1, 2, 3, 4, 7, 8, 12, 16, 21, 32, 48, 64, 100, 128, 256, LARGEST};
    u32 sum = 0;

    from[seed % SIZE] = (u8)(seed >> 16);
    for (u32 i = 0; i < COUNT(sizes); i++) {
        u32 size = sizes[i], shift = seed >> i & 7;
        u32 target = (seed >> 3) % (SIZE / 2 - 16), source = i & 1 ? target & 3 : shift;

        copy(to + target, from + source, size);
        sum = mix(sum, to[target + size / 2]);
        fill(to + shift, (u8)seed, size / 2);
        if (i % 4 == 0)
            move_up(to + shift + 3, to + shift, size);
        sum += first_difference(to + target, from + source, size / 2);
    }
    return sum;
}
