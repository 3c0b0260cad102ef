/* A loop that stores words elsewhere (mode 0), or in the page of its own code (mode 1). */
#include "costs.h"

enum { WORDS = 64 };

const char program[] = "beside";
volatile u32 rounds = 20000;
volatile u32 mode = 0;

static u32 elsewhere[WORDS];
extern u32 beside_code[WORDS];

/* They begin a quarter of a page, and `fill` follows them in it. */
__asm__(".section .text.beside, \"ax\"\n\t"
        ".balign 1024\n"
        "beside_code:\n\t"
        ".space 4 * 64\n\t"
        ".text");

void prepare(void)
{
}

static NOINLINE __attribute__((section(".text.beside"))) void fill(u32 *words, u32 seed)
{
    for (u32 at = 0; at < 1000; at++)
        words[at % WORDS] = seed += at;
}

u32 work(u32 seed)
{
    u32 *words = mode ? beside_code : elsewhere;

    fill(words, seed);
    for (u32 at = 0; at < WORDS; at++)
        seed = mix(seed, words[at]);
    return seed;
}
