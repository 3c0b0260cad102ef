/* Nested interrupts: a handler enables them again, with its own and lower ones masked in the
 * controller; breaks, calls and exceptions in handlers. All are raised by software. */
#include <stdint.h>

#include "access.h"
#include "console.h"

enum { INTC = 0x81800000, ISR = 0x00, IPR = 0x04, IER = 0x08, IAR = 0x0c, SIE = 0x10, CIE = 0x14 };
enum { IVR = 0x18, MER = 0x1c, MASTER = 1, INPUTS = 5, LOG = 64 };
enum { IE = 0x002, BIP = 0x008, EE = 0x100, EIP = 0x200, UM = 0x800, UMS = 0x1000 };
enum what { TAKEN, LEFT, BROKEN, BREAK_LEFT, EXCEPTED, EXCEPTION_LEFT };
enum { BREAK = 0x40, CALL, TRAP }; /* what a handler may do, besides raising another */

struct entry {
    uint32_t what, number, msr, pending, enabled, depth;
};

static struct entry log[LOG];
static uint32_t used, depth;
static uint32_t during[8]; /* what the handler of each raises, bytes from the lowest, once */
static uint32_t in_break, in_exception;

void in_user(void (*function)(uint32_t), uint32_t argument);
void break_here(void);
void call_here(void);
void trap_here(void);
uint32_t check_registers(uint32_t address, uint32_t value);

static uint32_t read(uint32_t offset)
{
    return device_read(INTC + offset);
}

/* An interrupt that the write brings or lets through is taken before anything else is done. */
static void write(uint32_t offset, uint32_t value)
{
    device_write(INTC + offset, value);
    __asm__ volatile("mbar 1" ::: "memory");
}

static void enable(int on)
{
    if (on)
        __asm__ volatile("msrset r0, 2\n\tmbar 1" ::: "memory");
    else
        __asm__ volatile("msrclr r0, 2\n\tmbar 1" ::: "memory");
}

static void raise(uint32_t numbers)
{
    write(ISR, read(ISR) | numbers);
}

static void note(enum what what, uint32_t number, uint32_t msr)
{
    log[used++] = (struct entry){what, number, msr & (IE | BIP | EIP | UM | UMS), read(IPR),
                                 read(IER), depth};
}

static void act(uint32_t actions)
{
    for (; actions; actions >>= 8) {
        uint32_t one = actions & 0xff;
        if (one == BREAK)
            break_here();
        else if (one == CALL)
            call_here();
        else if (one == TRAP)
            trap_here();
        else
            raise(one);
    }
}

void interrupt(uint32_t from, uint32_t msr)
{
    uint32_t number = read(IVR), enabled = read(IER), actions;

    (void)from;
    note(TAKEN, number, msr);
    if (number > INPUTS)
        return;
    depth++;
    write(CIE, ~((1u << number) - 1)); /* only what comes before it */
    write(IAR, 1u << number);
    actions = during[number];
    during[number] = 0;
    enable(1);
    act(actions);
    enable(0);
    write(SIE, enabled);
    depth--;
    note(LEFT, number, msr);
}

void broken(uint32_t from, uint32_t msr, uint32_t by_call)
{
    uint32_t actions = in_break;

    (void)from;
    in_break = 0;
    note(BROKEN, by_call, msr);
    enable(1); /* in vain if BIP is set */
    act(actions);
    enable(msr & IE);
    note(BREAK_LEFT, by_call, msr);
}

void excepted(uint32_t from, uint32_t msr)
{
    uint32_t actions = in_exception;
    uint32_t esr;

    (void)from;
    __asm__ volatile("mfs %0, resr" : "=r"(esr));
    in_exception = 0;
    note(EXCEPTED, esr & 0x1f, msr);
    enable(1); /* in vain, for EIP is set */
    act(actions);
    note(EXCEPTION_LEFT, esr & 0x1f, msr);
}

static void print(const char *text)
{
    while (*text)
        console_put(*text++);
}

static void hex(const char *name, uint32_t value, int digits)
{
    print(name);
    while (digits--)
        console_put("0123456789abcdef"[value >> 4 * digits & 15]);
}

static void show(const char *title)
{
    static const char *const names[] = {"interrupt", "  done with", "break", "  done with break",
                                        "exception", "  done with exception"};

    print(title), print("\n");
    for (uint32_t index = 0; index < used; index++) {
        struct entry *entry = &log[index];
        for (uint32_t level = 0; level <= entry->depth; level++)
            print("  ");
        print(names[entry->what]);
        hex(" ", entry->number, entry->number > 15 ? 8 : 1);
        hex(" msr ", entry->msr, 4);
        hex(" pending ", entry->pending, 2);
        hex(" enabled ", entry->enabled, 2), print("\n");
    }
    used = 0;
}

int main(void)
{
    write(IER, 0);
    write(MER, MASTER); /* not HIE: software raises interrupts by the ISR */
    write(IER, 0x3f);
    __asm__ volatile("msrset r0, 0x100");
    enable(1);

    raise(0x10);
    show("one");
    during[4] = 0x04 << 16 | 0x20 << 8 | 0x02;
    during[1] = 0x08 << 8 | 0x01;
    raise(0x10);
    show("higher ones preempt, lower ones wait");
    during[3] = 0x08;
    raise(0x08);
    show("not by itself");
    raise(0x2d);
    show("all at once");

    enable(0);
    raise(0x2d);
    show("masked in the core");
    enable(1);
    show("and open");
    write(CIE, 0x0c);
    raise(0x1c);
    show("masked in the controller");
    hex("pending ", read(IPR), 2), hex(" of ", read(ISR), 2), hex(", first ", read(IVR), 8);
    print("\n");
    write(SIE, 0x08);
    show("one open");
    write(IER, 0x3f);
    show("and the other");
    write(MER, 0);
    raise(0x06);
    show("controller off");
    hex("pending ", read(IPR), 2), hex(", first ", read(IVR), 8), print("\n");
    write(MER, MASTER);
    show("and on");
    write(IER, 0);
    raise(0x09);
    write(IAR, 0x08);
    write(IER, 0x3f);
    show("acknowledged before it is enabled");

    in_break = 0x01;
    break_here();
    show("break");
    during[4] = 0x02 << 8 | BREAK, in_break = 0x20 << 8 | 0x01;
    raise(0x10);
    show("break in a handler");
    in_break = 0x01;
    call_here();
    show("call");
    during[4] = 0x02 << 8 | CALL, in_break = 0x20 << 8 | 0x01;
    raise(0x10);
    show("call in a handler");
    in_exception = 0x01;
    trap_here();
    show("exception");
    during[4] = 0x02 << 8 | TRAP, in_exception = 0x20 << 8 | 0x01;
    raise(0x10);
    show("exception in a handler");
    during[4] = TRAP, in_exception = BREAK, in_break = 0x02;
    raise(0x10);
    show("break in an exception in a handler");
    during[4] = BREAK, in_break = TRAP, in_exception = 0x02;
    raise(0x10);
    show("exception in a break in a handler");

    hex("registers ", check_registers(INTC + ISR, device_order(0x01)), 8), print("\n");
    show("in a delay slot");
    during[4] = 0x02;
    in_user(raise, 0x10);
    show("user mode");
    hex("idle: first ", read(IVR), 8), print("\n");
    print("== end ==\n");
    return 0;
}
