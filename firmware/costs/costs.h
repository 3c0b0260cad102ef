/* What the programs that measure the cost of one thing have beside those of cpu/. */
#ifndef COSTS_H
#define COSTS_H

#include "../cpu/cpu.h"

extern volatile u32 mode; /* which of a program's measurements; a word of initialized data */

#if defined(__arm__)
#include "../mmu/probe.h" /* CP15 */
#else
static inline void synchronize_code(u32 address)
{
    __asm__ volatile("wic %0, r0\n\tmbar 0\n\tbri 4" : : "r"(address) : "memory");
}
#endif

#endif
