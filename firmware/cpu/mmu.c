/* Switches the core's MMU on: each address stands for itself, the program lies in pages of 4 KiB. */
#include "cpu.h"

extern char _start[], _stack_top[];

#define FIRST ((u32)(uintptr_t)_start)
#define END ((u32)(uintptr_t)_stack_top)

#if defined(__arm__)
#include "../mmu/probe.h" /* CP15 */

enum {
    TABLE = 0x1, SECTION = 0x2, PAGE = 0x2,
    NORMAL = 0xC, /* C, B: normal memory, write-back */
    ANYBODY_SECTION = 0xC00, ANYBODY_PAGE = 0x30,
    SCTLR_M = 1,
};

/* Short descriptors: the program's megabyte in small pages, the console's as a device. */
void translation_on(void)
{
    static u32 first_level[4096] __attribute__((aligned(0x4000)));
    static u32 pages[256] __attribute__((aligned(0x400)));
    u32 base = FIRST & 0xFFF00000;

    for (u32 page = 0; page < COUNT(pages); page++)
        pages[page] = base | page << 12 | ANYBODY_PAGE | NORMAL | PAGE;
    first_level[base >> 20] = (u32)(uintptr_t)pages | TABLE;
    first_level[PL011 >> 20] = (PL011 & 0xFFF00000) | ANYBODY_SECTION | SECTION;
    cp15_write(0, c2, c0, 0, (u32)(uintptr_t)first_level);
    cp15_write(0, c2, c0, 2, 0);
    cp15_write(0, c3, c0, 0, 1); /* domain 0: permissions are checked */
    invalidate_tlb();
    cp15_write(0, c1, c0, 0, cp15_read(0, c1, c0, 0) | SCTLR_M);
    synchronize();
}

#elif defined(__MICROBLAZE__)

enum { SIZE_4K = 1 << 7, VALID = 0x40, EXECUTE = 0x200, WRITE = 0x100, INHIBIT_CACHING = 0x4 };
enum { MSR_VMS = 0x4000 };

static void enter(u32 index, u32 address, u32 attributes)
{
    __asm__ volatile("mts rtlbx, %0" ::"r"(index));
    __asm__ volatile("mts rtlblo, %0" ::"r"(address | attributes));
    __asm__ volatile("mts rtlbhi, %0" ::"r"(address | SIZE_4K | VALID));
}

/* All fits into the 64 entries of the TLB, so there is no handler for misses. */
void translation_on(void)
{
    u32 index = 0, address = FIRST & -0x1000u, scratch;

    enter(index++, UARTLITE & -0x1000u, WRITE | INHIBIT_CACHING);
    while (index < 64 && address < END) {
        enter(index++, address, EXECUTE | WRITE);
        address += 0x1000;
    }
    /* A return from a break moves VMS to VM. */
    __asm__ volatile("mfs  %0, rmsr\n\t"
                     "ori  %0, %0, %1\n\t"
                     "mts  rmsr, %0\n\t"
                     "la   %0, r0, 1f\n\t"
                     "rtbd %0, 0\n\t"
                     "nop\n"
                     "1:"
                     : "=&r"(scratch) : "i"(MSR_VMS) : "memory");
}

#else
#error "no MMU known for this instruction set"
#endif
