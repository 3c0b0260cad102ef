/* Nested interrupts: who preempts whom, what waits, and that all of them return where they came. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "gic.h"

enum { IRQ_TAKEN, IRQ_LEFT, FIQ_TAKEN, CALL_TAKEN, CALL_LEFT, LOG = 64, LOWEST = 0xf8 };
enum { URGENT = 1, LATE = 12, FIQS = 1 << URGENT | 1 << LATE }; /* group 0 */
enum { SIMPLE = 1, INTERRUPTIBLE = 2 };

struct entry {
    uint32_t what, number, spsr, running, pending, count;
};

static struct entry log[LOG];
static struct entry *log_end = log;
static uint8_t during[16][3]; /* what the handler of each sends, once */
static uint32_t count;

extern char return_by_rfe[], return_by_ldm[];
void interrupt_stacks(void);
void fiq_registers(uint32_t controller, struct entry **end);
uint32_t call_svc(uint32_t number);
void in_user(void (*function)(uint32_t), uint32_t argument);
uint32_t check_registers(uint32_t address, uint32_t value);
uint32_t send_in_it_block(uint32_t address, uint32_t value);

static uint32_t message(uint32_t number)
{
    return TO_MYSELF | (FIQS >> number & 1 ? 0 : FOR_GROUP_1) | number;
}

static void send(uint32_t number)
{
    gic_write(GICD + GICD_SGIR, message(number));
}

static void note(uint32_t what, uint32_t number, uint32_t spsr)
{
    *log_end++ = (struct entry){what, number, spsr, gic_read(GICC + GICC_RPR),
                                gic_read(GICC + GICC_HPPIR), count++};
}

static inline void let_interrupts(int in)
{
    if (in)
        __asm__ volatile("cpsie i\n\tisb" ::: "memory");
    else
        __asm__ volatile("cpsid i\n\tisb" ::: "memory");
}

void interrupt(uint32_t spsr)
{
    uint32_t acknowledged = gic_read(GICC + GICC_IAR), number = acknowledged & 0x3ff;

    note(IRQ_TAKEN, number, spsr);
    if (number == SPURIOUS)
        return;
    let_interrupts(1);
    for (unsigned which = 0; which < 3; which++) {
        uint32_t other = during[number][which];
        during[number][which] = 0;
        if (other)
            send(other);
    }
    let_interrupts(0);
    gic_write(GICC + GICC_EOIR, acknowledged);
    note(IRQ_LEFT, number, spsr);
}

uint32_t called(uint32_t number, uint32_t spsr)
{
    note(CALL_TAKEN, number, spsr);
    if (number == INTERRUPTIBLE)
        let_interrupts(1);
    send(9), send(4);
    let_interrupts(0);
    note(CALL_LEFT, number, spsr);
    return number * 3;
}

static void show(const char *title)
{
    static const char *const names[] = {"irq", "  done with", "fiq", "call", "  done with call"};

    printf("%s\n", title);
    for (struct entry *entry = log; entry < log_end; entry++)
        printf("  %s %u: spsr %03x running %02x pending %u count %u\n", names[entry->what],
               (unsigned)entry->number, (unsigned)(entry->spsr & 0x1ff), (unsigned)entry->running,
               (unsigned)entry->pending, (unsigned)entry->count);
    memset(during, 0, sizeof during);
    log_end = log;
    count = 0;
}

static void all_of_it(void)
{
    let_interrupts(1);
    send(8);
    show("one");

    during[10][0] = 5, during[10][1] = 11, during[10][2] = 4;
    during[5][0] = 2, during[5][1] = 6;
    send(10);
    show("higher ones preempt, lower ones wait");

    during[7][0] = 6, during[7][1] = 7;
    send(7);
    send(6);
    show("equal ones do not, nor does one itself");

    let_interrupts(0);
    send(9), send(7), send(6), send(3);
    __asm__ volatile("wfi");
    printf("pending %u\n", (unsigned)gic_read(GICC + GICC_HPPIR));
    let_interrupts(1);
    show("all at once");

    gic_write(GICC + GICC_PMR, 0x50);
    send(4), send(9), send(5);
    show("above the mask");
    printf("pending %u, read %u\n", (unsigned)gic_read(GICC + GICC_HPPIR),
           (unsigned)gic_read(GICC + GICC_IAR));
    gic_write(GICC + GICC_PMR, 0x58);
    show("the mask is lower");
    during[9][0] = 3;
    gic_write(GICC + GICC_PMR, LOWEST);
    show("and off");

    during[10][0] = URGENT, during[10][1] = 4;
    during[4][0] = URGENT, during[4][1] = LATE;
    send(10);
    show("fast ones in handlers");

    __asm__ volatile("cpsid f\n\tisb" ::: "memory");
    send(URGENT);
    send(4);
    show("nothing passes a fast one that is masked");
    __asm__ volatile("cpsie f\n\tisb" ::: "memory");
    show("until it is taken");

    let_interrupts(0);
    send(4), send(URGENT), send(2), send(LATE);
    show("irq masked");
    let_interrupts(1);
    show("and open");

    printf("registers %08x", (unsigned)check_registers(GICD + GICD_SGIR, message(3)));
    printf(" %08x\n", (unsigned)check_registers(GICD + GICD_SGIR, message(URGENT)));
    printf("it block %u\n", (unsigned)send_in_it_block(GICD + GICD_SGIR, message(5)));
    log_end = log, count = 0;

    during[4][0] = 2;
    printf("returned %u\n", (unsigned)call_svc(SIMPLE));
    show("call");
    during[4][0] = 2;
    printf("returned %u\n", (unsigned)call_svc(INTERRUPTIBLE));
    show("call that lets them in");
    during[10][0] = 3, during[10][1] = URGENT;
    in_user(send, 10);
    show("user mode");
    printf("idle: running %02x, read %u\n", (unsigned)gic_read(GICC + GICC_RPR),
           (unsigned)gic_read(GICC + GICC_IAR));
}

int main(void)
{
    interrupt_stacks();
    fiq_registers(GICC, &log_end);
    gic_write(GICD + GICD_CTLR, 0);
    gic_write(GICD + GICD_IGROUPR, ~(uint32_t)FIQS);
    for (uint32_t four = 0; four < 4; four++) {
        uint32_t priorities = 0;
        for (uint32_t one = 0; one < 4; one++) {
            uint32_t number = four * 4 + one;
            priorities |= (number == 7 ? 6 : number) << (8 * one + 4);
        }
        gic_write(GICD + GICD_IPRIORITYR + 4 * four, priorities);
    }
    gic_write(GICD + GICD_ISENABLER, 0xffff);
    gic_write(GICD + GICD_CTLR, ENABLE_GROUPS);
    gic_write(GICC + GICC_PMR, LOWEST);
    gic_write(GICC + GICC_CTLR, ENABLE_GROUPS | ACK_CTL | FIQ_EN);
    __asm__ volatile("cpsie f");

    printf("SRS, CPS, RFE\n");
    cp15_write(0, c12, c0, 0, (uint32_t)return_by_rfe);
    synchronize();
    all_of_it();
    printf("STM, MSR, LDM\n");
    cp15_write(0, c12, c0, 0, (uint32_t)return_by_ldm);
    synchronize();
    all_of_it();
    printf("== end ==\n");
    return 0;
}
