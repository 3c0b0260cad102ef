/* Waits for interrupts of a device that asks for one every `mode` nanoseconds. */
#include "access.h"
#include "costs.h"

enum { PERIOD = TICKER, ACKNOWLEDGE = TICKER + 4 };

const char program[] = "tick";
volatile u32 rounds = 1;
volatile u32 mode = 10000;

static volatile u32 ticks;

static inline void count(void)
{
    device_write(ACKNOWLEDGE, 1);
    ticks++;
}

#if defined(__arm__)
extern char tick_vectors[];
static u32 handler_stack[64];

__asm__(".section .text.vectors, \"ax\"\n\t"
        ".arm\n\t"
        ".balign 32\n"
        "tick_vectors: b .\n\tb .\n\tb .\n\tb .\n\tb .\n\tb .\n\tb on_tick\n\tb .\n\t"
        ".text");

__attribute__((interrupt("IRQ"), target("arm"), used)) void on_tick(void)
{
    count();
}

static __attribute__((target("arm"), noinline)) void enable_interrupts(void)
{
    __asm__ volatile("cps #0x12\n\tmov sp, %0\n\tcps #0x13" ::"r"(handler_stack + COUNT(handler_stack)));
    cp15_write(0, c12, c0, 0, (u32)(uintptr_t)tick_vectors);
    __asm__ volatile("cpsie i" ::: "memory");
}
#else
__attribute__((interrupt_handler)) void on_tick(void)
{
    count();
}

static void enable_interrupts(void)
{
    __asm__ volatile("msrset r0, 2" ::: "memory"); /* IE */
}
#endif

void prepare(void)
{
    enable_interrupts();
    device_write(PERIOD, mode);
}

u32 work(u32 seed)
{
    u32 end = ticks + 1000;

    while ((s32)(end - ticks) > 0)
        continue;
    return seed;
}
