/* Exceptions, user mode and the MMU, as a small operating system uses them. */
#include <stdint.h>
#include <string.h>

#include "console.h"

#define READ(name) ({ uint32_t value_; __asm__ volatile("mfs %0, " #name : "=r"(value_)); value_; })
#define WRITE(name, value) __asm__ volatile("mts " #name ", %0\n\tmbar 1" : : "r"(value) : "memory")
#define NOINLINE __attribute__((noinline))

enum { EE = 0x100, UM = 0x800, VM = 0x2000, VALID = 0x40, RW = 0x100, EX = 0x200 };
enum { WINDOW = 0x40000000, FRAMES = 0x90800000, PAGE = 4096 };

typedef uint32_t function(uint32_t);
uint32_t in_mode(uint32_t msr, function *run, uint32_t argument);
function load_in_slot, store_in_slot, privileged_in_slot;

static volatile uint32_t traps, last_esr, paging;
static uint32_t frames;

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
}

static NOINLINE void enter(uint32_t index, uint32_t virtual, uint32_t physical, uint32_t more)
{
    WRITE(rtlbx, index);
    WRITE(rtlblo, physical | (more & 0x3F0));
    WRITE(rtlbhi, virtual | (more >> 16) << 7 | VALID);
}

/* Returns where to go on. */
uint32_t trap(uint32_t esr, uint32_t ear, uint32_t btr, uint32_t r17)
{
    uint32_t slot = esr >> 12 & 1, cause = esr & 31;

    traps++, last_esr = esr;
    if (cause == 18 && paging) { /* a page comes into being when it is first used */
        enter(frames & 31, ear & -PAGE, FRAMES + frames * PAGE, 1 << 16 | RW);
        frames++;
        return r17;
    }
    show("  trap esr ", esr);
    if (cause == 1 || cause >= 16)
        show(" ear ", ear);
    print(slot ? " in a slot\n" : "\n");
    if (cause >= 16)
        return r17 + (slot ? 8 : 4);
    return slot ? btr : r17;
}

static NOINLINE void section(const char *name)
{
    print(name), print("\n");
    traps = 0;
}

static NOINLINE uint32_t divide(uint32_t divisor)
{
    uint32_t result;

    __asm__ volatile("addik %0, r0, 5\n\tidivu %0, %1, %0" : "=&r"(result) : "r"(divisor));
    return result;
}

static NOINLINE uint32_t load_word(uint32_t address)
{
    return *(volatile uint32_t *)address;
}

static NOINLINE uint32_t store_word(uint32_t address)
{
    *(volatile uint32_t *)address = address ^ 0x5A5A5A5A;
    return *(volatile uint32_t *)address;
}

static NOINLINE uint32_t set_pid(uint32_t pid)
{
    WRITE(rpid, pid);
    return pid + 1;
}

static NOINLINE uint32_t illegal(uint32_t argument)
{
    __asm__ volatile(".word 0xFC000000");
    return argument * 2;
}

/* Fills pages that are not there yet and adds them up again. */
static NOINLINE uint32_t use_pages(uint32_t count)
{
    volatile uint32_t *words = (volatile uint32_t *)WINDOW;
    uint32_t sum = 0;

    for (uint32_t i = 0; i < count; i++)
        words[i * (PAGE / 4) + i] = i * i + 1;
    for (uint32_t i = 0; i < count; i++)
        sum += words[i * (PAGE / 4) + i];
    return sum;
}

static float accumulate(float x)
{
    float sum = 0.0f;

    for (int i = 1; i < 20; i++)
        sum += x / (float)i;
    return sum;
}

int main(void)
{
    static uint32_t words[4] = {0x11111111, 0x22222222, 0x33333333, 0x44444444};
    uint32_t base = (uint32_t)(uintptr_t)words;
    float sum;

    WRITE(rzpr, 0x40000003);                     /* zone 0 by the entry, zone 15 open */
    enter(63, 0x90000000, 0x90000000, 7u << 16 | EX | RW | 0xF0);
    enter(62, 0x00000000, 0x00000000, 3u << 16 | EX | RW | 0xF0);

    section("privileged, real");
    show("unaligned ", in_mode(EE, load_word, base + 1)), print("\n");
    show("in a slot ", in_mode(EE, load_in_slot, base + 2)), print("\n");
    show("after imm ", in_mode(EE, store_in_slot, base + 3)), print("\n");
    show("divide    ", in_mode(EE, divide, 0)), print("\n");
    show("illegal   ", in_mode(EE, illegal, 21)), print("\n");
    show("word      ", words[0]), print("\n");

    section("user, virtual");
    show("pid       ", in_mode(EE | UM | VM, set_pid, 7)), print("\n");
    show("in a slot ", in_mode(EE | UM | VM, privileged_in_slot, 7)), print("\n");
    show("is        ", READ(rpid)), print("\n");
    show("missing   ", in_mode(EE | UM | VM, load_in_slot, WINDOW + 8)), print("\n");
    enter(0, WINDOW, FRAMES, 1 << 16);
    in_mode(EE | UM | VM, store_word, WINDOW + 16);

    section("demand paging");
    WRITE(rtlbx, 0);
    WRITE(rtlbhi, 0);
    paging = 1;
    show("sum       ", in_mode(EE | UM | VM, use_pages, 24)), print("\n");
    show("traps     ", traps), show(" frames ", frames), print("\n");
    show("again     ", in_mode(EE | UM | VM, use_pages, 24)), print("\n");
    show("traps     ", traps), print("\n");
    show("in a slot ", in_mode(EE | UM | VM, store_in_slot, WINDOW + 0x100000)), print("\n");
    show("traps     ", traps), show(" esr ", last_esr), print("\n");
    paging = 0;

    section("two address spaces");
    for (uint32_t pid = 1; pid <= 2; pid++) {
        WRITE(rpid, pid);
        enter(40 + pid, WINDOW + 0x200000, FRAMES + 0x100000 + pid * PAGE, 1 << 16 | RW);
    }
    for (uint32_t pid = 1; pid <= 2; pid++) {
        WRITE(rpid, pid);
        in_mode(EE | UM | VM, store_word, WINDOW + 0x200000 + 4 * pid);
    }
    for (uint32_t pid = 1; pid <= 2; pid++) {
        WRITE(rpid, pid);
        for (uint32_t i = 1; i <= 2; i++)
            show(" ", in_mode(EE | UM | VM, load_word, WINDOW + 0x200000 + 4 * i));
        print("\n");
    }
    WRITE(rpid, 3);
    show("a third   ", in_mode(EE | UM | VM, load_in_slot, WINDOW + 0x200000)), print("\n");

    section("floating point");
    volatile float start = 3.25f;
    sum = accumulate(start);
    memcpy(&base, &sum, 4);
    show("sum       ", base), print("\n");
    sum = sum / (sum - sum);
    memcpy(&base, &sum, 4);
    show("infinite  ", base), show(" fsr ", READ(rfsr)), print("\n");
    print("== end ==\n");
    return 0;
}
