/* Memory: newlib's string functions, unaligned words, sorting, the heap, atomics. */
#include <stdatomic.h>
#include <stdlib.h>

#include "selftest.h"

void string_functions(void)
{
    static uint8_t source[64], target[64];

    for (u32 from = 0; from < 4; from++)
        for (u32 to = 0; to < 4; to++)
            for (u32 size = (from + to) & 1; size < 36; size += 7) {
                for (u32 i = 0; i < sizeof source; i++)
                    source[i] = (uint8_t)(i * 37 + size);
                memset(target, (int)size, sizeof target);
                memcpy(target + to, source + from, size);
                memmove(source + to, source + from, size);
                memset(target + from + 20, 0xA5, size / 2);
                mix(*(target + to + size / 2)), mix(source[to + size]), mix(target[size]);
                mix(memcmp(target, source, size) < 0), mix(memchr(source, 5, size) != NULL);
            }
    mix_bytes(source, sizeof source), mix_bytes(target, sizeof target);
    for (u32 at = 0; at < 8; at++)
        for (u32 size = 0; size < 20; size += 4) {
            char *a = (char *)source + at, *b = (char *)target + (7 - at);
            for (u32 i = 0; i < size; i++)
                a[i] = b[i] = (char)('a' + i);
            a[size] = b[size] = 0;
            mix(strlen(a)), mix((u32)strcmp(a, b) == 0);
            b[size / 2] = 'Z';
            mix(strcmp(a, b) < 0), mix(strcmp(b, a) > 0), mix(strncmp(a, b, size / 2) == 0);
            mix(strchr(a, 'd') != NULL), mix(strlen(strcat(strcpy(b, a), "tail")));
        }
}

struct __attribute__((packed)) loose { uint8_t pad; u32 word; uint16_t half; u64 wide; int16_t last; };

void unaligned(void)
{
    static uint8_t room[sizeof(struct loose) * 8 + 8];

    for (u32 at = 0; at < 8; at++) {
        struct loose *s = (struct loose *)(room + at);
        for (u32 i = 0; i < 6; i++, s++) {
            s->word = awkward32(), s->half = (uint16_t)awkward32();
            s->wide = awkward64(), s->last = (int16_t)awkward32();
            s->word += s->half, s->wide -= s->word, s->half ^= (uint16_t)s->last;
            mix(s->word), mix(s->half), mix64(s->wide), mix((u32)s->last);
        }
    }
}

static int compare_words(const void *a, const void *b)
{
    u32 x = *(const u32 *)a, y = *(const u32 *)b;

    return (x > y) - (x < y);
}

void sorting(void)
{
    static u32 words[96];
    static s64 wide[40];

    for (size_t i = 0; i < COUNT(words); i++)
        words[i] = random32();
    qsort(words, COUNT(words), sizeof words[0], compare_words);
    mix_bytes((uint8_t[]){words[0] < words[1], words[20] < words[70]}, 2);
    for (size_t i = 0; i < COUNT(words); i++)
        mix(words[i]);
    mix(bsearch(&words[77], words, COUNT(words), sizeof words[0], compare_words) == &words[77]);
    for (size_t i = 0; i < COUNT(wide); i++) { /* insertion sort on 64-bit signed keys */
        s64 key = (s64)awkward64();
        size_t j = i;
        for (; j > 0 && wide[j - 1] > key; j--)
            wide[j] = wide[j - 1];
        wide[j] = key;
    }
    for (size_t i = 0; i < COUNT(wide); i++)
        mix64((u64)wide[i]);
}

void heap(void)
{
    static u32 *blocks[16];
    static size_t sizes[16];

    for (int i = 0; i < 60; i++) {
        u32 which = random32() & 15, size = (random32() >> 24) + 1;
        for (size_t j = 0; blocks[which] && j < sizes[which]; j++)
            mix(blocks[which][j]);
        if (i % 3 == 0) {
            free(blocks[which]);
            blocks[which] = calloc(sizes[which] = size / 8, sizeof(u32));
        } else {
            blocks[which] = realloc(blocks[which], (sizes[which] = size / 4 + 1) * sizeof(u32));
            for (size_t j = 0; j < sizes[which]; j++)
                blocks[which][j] = which + (u32)j;
        }
        mix(blocks[which] != NULL), mix(((uintptr_t)blocks[which] & 7) == 0);
    }
    for (size_t i = 0; i < COUNT(blocks); i++)
        free(blocks[i]);
}

/* The word as it was; it becomes `wanted` if it was `expected`. */
static NOINLINE u32 compare_and_swap(volatile u32 *word, u32 expected, u32 wanted)
{
#ifdef __MICROBLAZE__ /* GCC 12's own expansion loses its results */
    u32 old, scratch;

    __asm__ volatile("1: lwx   %0, %2, r0\n"
                     "   rsubk %1, %0, %3\n"
                     "   bnei  %1, 2f\n"
                     "   swx   %4, %2, r0\n"
                     "   addic %1, r0, 0\n" /* carry: the reservation was lost */
                     "   bnei  %1, 1b\n"
                     "2:"
                     : "=&r"(old), "=&r"(scratch)
                     : "r"(word), "r"(expected), "r"(wanted)
                     : "memory");
    return old;
#else
    return __sync_val_compare_and_swap(word, expected, wanted);
#endif
}

void atomic_words(void)
{
    static volatile u32 word;

    for (u32 i = 0; i < 100; i++) { /* every third one finds another value and does not store */
        u32 expected = word + (i % 3 == 0);
        mix(compare_and_swap(&word, expected, awkward32())), mix(word);
    }
}

#ifdef __arm__
void atomic_sizes(void)
{
    static _Atomic uint8_t byte;
    static _Atomic uint16_t half;
    static _Atomic u32 word;
    static _Atomic u64 wide;

    for (int i = 0; i < 50; i++) {
        mix(atomic_fetch_add(&byte, awkward32())), mix(atomic_fetch_xor(&half, awkward32()));
        mix(atomic_exchange(&word, awkward32())), mix(atomic_fetch_sub(&word, awkward32()));
        mix64(atomic_fetch_add(&wide, awkward64())), mix64(atomic_fetch_or(&wide, i));
        u64 expected = i & 1 ? atomic_load(&wide) : 7;
        mix(atomic_compare_exchange_strong(&wide, &expected, awkward64())), mix64(expected);
        if (i % 8 == 0)
            atomic_store(&wide, 0), atomic_store(&half, 3), atomic_thread_fence(memory_order_seq_cst);
    }
}
#endif
