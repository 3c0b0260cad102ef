/* Code that is written while the program runs, with the maintenance the manual asks for (wic and
 * mbar); through another address than it runs at, and exchanged by its translation. */
#include <stdint.h>

#include "console.h"

#define WRITE(name, value) __asm__ volatile("mts " #name ", %0\n\tmbar 1" : : "r"(value) : "memory")
#define NOINLINE __attribute__((noinline))

enum { EE = 0x100, VM = 0x2000, VALID = 0x40, RW = 0x100, EX = 0x200, PAGE = 4096 };
enum { ALIAS = 0x50000000, RUN = 0x40000000 };
enum { RTSD_R15_8 = 0xB60F0008, ADDIK_R3_R0 = 0x30600000, NOT_EXECUTABLE = 17 };

typedef uint32_t function(uint32_t);
uint32_t in_mode(uint32_t msr, function *run, uint32_t argument);

static uint32_t code[3][PAGE / 4] __attribute__((aligned(PAGE)));

static void print(const char *text)
{
    while (*text)
        console_put(*text++);
}

static void show(const char *name, uint32_t value)
{
    print(name);
    for (int shift = 28; shift >= 0; shift -= 4)
        console_put("0123456789abcdef"[value >> shift & 15]);
    print("\n");
}

static NOINLINE uint32_t nothing_there(void)
{
    return 0xdead;
}

/* A fetch goes on as if `nothing_there` had been called, a store behind it. */
uint32_t trap(uint32_t esr, uint32_t ear, uint32_t btr, uint32_t r17)
{
    (void)btr;
    show("  trap esr ", esr);
    show("  ear ", ear);
    return (esr & 31) == NOT_EXECUTABLE ? (uint32_t)(uintptr_t)nothing_there : r17 + 4;
}

static void enter(uint32_t index, uint32_t virtual, uint32_t physical, uint32_t more)
{
    WRITE(rtlbx, index);
    WRITE(rtlblo, physical | (more & 0x3F0));
    WRITE(rtlbhi, virtual | (more >> 16) << 7 | VALID);
}

static void synchronize_code(uint32_t run_at)
{
    for (uint32_t line = 0; line < 32; line += 16)
        __asm__ volatile("wic %0, r0" : : "r"(run_at + line) : "memory");
    __asm__ volatile("mbar 0\n\tbri 4" ::: "memory");
}

/* A function that returns `result`, set in the delay slot of its return. */
static void write_code(uint32_t at, uint32_t run_at, uint32_t result)
{
    volatile uint32_t *words = (volatile uint32_t *)(uintptr_t)at;

    words[0] = RTSD_R15_8;
    words[1] = ADDIK_R3_R0 | result;
    synchronize_code(run_at);
}

static NOINLINE uint32_t run(uint32_t address)
{
    return ((uint32_t(*)(void))(uintptr_t)address)();
}

static NOINLINE uint32_t write_alias_and_run(uint32_t result)
{
    write_code(ALIAS, RUN, result);
    return run(RUN);
}

static NOINLINE uint32_t store(uint32_t address)
{
    *(volatile uint32_t *)(uintptr_t)address = 0;
    return address;
}

/* Replaces the instruction that it comes to next. */
static NOINLINE uint32_t patch_ahead(uint32_t number)
{
    uint32_t result;

    __asm__ volatile("addik %0, r0, 1f\n\t"
                     "lwi   r4, %0, 0\n\t"
                     "andi  r4, r4, -65536\n\t" /* its register, without its number */
                     "or    r4, r4, %1\n\t"
                     "swi   r4, %0, 0\n\t"
                     "wic   %0, r0\n\t"
                     "mbar  0\n\t"
                     "bri   4\n"
                     "1:\taddik %0, r0, 0"
                     : "=&r"(result)
                     : "r"(number)
                     : "r4", "memory");
    return result;
}

int main(void)
{
    uint32_t sum = 0, place = (uint32_t)(uintptr_t)code;

    for (uint32_t number = 0; number < 200; number++) {
        write_code(place, place, number * 5);
        sum = sum * 31 + run(place);
    }
    show("in place ", sum);
    for (uint32_t number = 0; number < 200; number++)
        sum = sum * 31 + patch_ahead(number * 3);
    show("just ahead ", sum);

    WRITE(rzpr, 0x40000003); /* zone 0 by the entry, zone 15 open */
    enter(63, 0x90000000, 0x90000000, 7u << 16 | EX | RW | 0xF0);
    enter(62, 0x00000000, 0x00000000, 3u << 16 | EX | RW | 0xF0);
    enter(61, 0x84000000, 0x84000000, 1u << 16 | RW | 0xF0);
    enter(1, ALIAS, place, 1u << 16 | RW);
    enter(2, RUN, place, 1u << 16 | EX);
    for (uint32_t number = 0; number < 200; number++)
        sum = sum * 31 + in_mode(EE | VM, write_alias_and_run, number * 7);
    show("through an alias ", sum);
    show("the alias may not be executed ", in_mode(EE | VM, run, ALIAS));
    show("nor the other be written ", in_mode(EE | VM, store, RUN));

    write_code(place + PAGE, place + PAGE, 7);
    write_code(place + 2 * PAGE, place + 2 * PAGE, 9);
    for (uint32_t number = 0; number < 100; number++) {
        enter(2, RUN, place + (number & 1 ? 2 : 1) * PAGE, 1u << 16 | EX);
        sum = sum * 31 + in_mode(EE | VM, run, RUN);
    }
    show("by translation ", sum);
    print("== end ==\n");
    return 0;
}
