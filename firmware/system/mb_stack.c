/* Stack protection: loads by r1 outside SLR..SHR trap, if exceptions are enabled. */
#include <stdint.h>

#include "console.h"

typedef uint32_t function(uint32_t);
uint32_t in_mode(uint32_t msr, function *run, uint32_t argument);
function load_by_stack;

static void show(const char *name, uint32_t value)
{
    while (*name)
        console_put(*name++);
    for (int shift = 28; shift >= 0; shift -= 4)
        console_put("0123456789abcdef"[value >> shift & 15]);
}

uint32_t trap(uint32_t esr, uint32_t ear, uint32_t btr, uint32_t r17)
{
    (void)btr;
    show("trap esr ", esr), show(" ear ", ear), console_put('\n');
    return r17;
}

int main(void)
{
    static uint32_t word = 0x1234;

    __asm__ volatile("mts rslr, %0" : : "r"(0x90000000));
    __asm__ volatile("mts rshr, %0" : : "r"(0x93FFFFFF));
    show("inside ", in_mode(0x100, load_by_stack, (uint32_t)(uintptr_t)&word)), console_put('\n');
    show("below  ", in_mode(0x100, load_by_stack, 0x8FFFFFFC)), console_put('\n');
    show("above  ", in_mode(0x100, load_by_stack, 0x94000000)), console_put('\n');
    for (const char *end = "== end ==\n"; *end; end++)
        console_put(*end);
    return 0;
}
