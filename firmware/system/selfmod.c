/* Code that is written while the program runs, with the maintenance the manual asks for (A3.5.4);
 * through another address than it runs at, and moved by its translation. */
#include <stdint.h>
#include <stdio.h>

#include "mmu.h"

enum { ALIAS = 0x50000000, RUN = 0x40000000, BX_LR = 0xe12fff1e, MOV_R0 = 0xe3a00000 };

struct probe probe;
static uint32_t table[4096] __attribute__((aligned(16384)));
static uint32_t pages[256] __attribute__((aligned(1024)));
static uint32_t code[3][1024] __attribute__((aligned(4096)));

static uint32_t run(uint32_t address)
{
    return ((uint32_t(*)(void))address)();
}

static void write_code(uint32_t at, uint32_t run_at, uint32_t result)
{
    volatile uint32_t *words = (volatile uint32_t *)at;

    words[0] = MOV_R0 | result;
    words[1] = BX_LR;
    cp15_write(0, c7, c11, 1, at);
    synchronize();
    cp15_write(0, c7, c5, 1, run_at);
    cp15_write(0, c7, c5, 6, 0);
    synchronize();
}

int main(void)
{
    uint32_t sum = 0;

    cp15_write(0, c12, c0, 0, (uint32_t)probe_vectors);
    map_flat(table);
    table[RUN >> 20] = (uint32_t)pages | 1;
    table[ALIAS >> 20] = ((uint32_t)code & 0xfff00000u) | 0xc00 | 0x100c | 0x10 | 2; /* XN */
    mmu_on(table);
    for (uint32_t number = 0; number < 200; number++) {
        write_code((uint32_t)code, (uint32_t)code, number & 0xff);
        sum = sum * 31 + run((uint32_t)code);
    }
    printf("in place: %08x\n", (unsigned)sum);

    uint32_t alias = ALIAS | ((uint32_t)code[1] & 0xfffffu);
    pages[0] = (uint32_t)code[1] | 0x23e; /* read-only */
    invalidate_tlb();
    for (uint32_t number = 0; number < 200; number++) {
        write_code(alias, RUN, (number * 3) & 0xff);
        sum = sum * 31 + run(RUN);
    }
    printf("through an alias: %08x\n", (unsigned)sum);
    int outcome = probe_fetch(alias);
    printf("the alias may not be executed: %d ifsr %03x\n", outcome,
           (unsigned)(probe.ifsr & 0x40f));
    outcome = probe_store(RUN, 0);
    printf("nor the other be written: %d dfsr %03x\n", outcome, (unsigned)probe.dfsr);

    write_code((uint32_t)code[0], (uint32_t)code[0], 7);
    write_code((uint32_t)code[2], (uint32_t)code[2], 9);
    for (uint32_t number = 0; number < 100; number++) {
        pages[0] = (uint32_t)code[number & 1 ? 0 : 2] | 0x23e;
        invalidate_page(RUN);
        sum = sum * 31 + run(RUN);
    }
    printf("by translation: %08x\n", (unsigned)sum);
    printf("== end ==\n");
    return 0;
}
