/* A flat map for programs that want the MMU on: what is there is where it is. */
#ifndef MMU_H
#define MMU_H

#include <stdint.h>

#include "../mmu/probe.h"

enum {
    SECTION = 0x2,
    NORMAL = 0x100c, /* TEX, C, B: normal memory, write-back */
    ANYBODY = 0xc00, /* AP: read and write for all */
    PRIVILEGED = 0x400,
    NOT_GLOBAL_SECTION = 1 << 17,
    SCTLR_M = 1 << 0,
    SCTLR_A = 1 << 1,
    SCTLR_AFE = 1 << 29,
};

/* Memory of the board and its console's megabyte; all else is a hole. */
static inline void map_flat(uint32_t *table)
{
    for (uint32_t megabyte = 0x600; megabyte < 0x680; megabyte++)
        table[megabyte] = megabyte << 20 | ANYBODY | NORMAL | SECTION;
    table[0x100] = 0x10000000u | ANYBODY | SECTION;
}

static inline void mmu_on(uint32_t *table)
{
    cp15_write(0, c2, c0, 0, (uint32_t)table);
    cp15_write(0, c2, c0, 2, 0);
    cp15_write(0, c3, c0, 0, 1); /* domain 0: client */
    cp15_write(0, c13, c0, 1, 0);
    invalidate_tlb();
    cp15_write(0, c1, c0, 0, cp15_read(0, c1, c0, 0) | SCTLR_M);
    synchronize();
}

static inline void set_control(uint32_t bits, int on)
{
    uint32_t sctlr = cp15_read(0, c1, c0, 0);

    cp15_write(0, c1, c0, 0, on ? sctlr | bits : sctlr & ~bits);
    synchronize();
}

static inline void invalidate_page(uint32_t address_and_asid)
{
    synchronize();
    cp15_write(0, c8, c7, 1, address_and_asid);
    synchronize();
}

#endif
