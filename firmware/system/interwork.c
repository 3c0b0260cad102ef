/* ARM and Thumb state: each way from one to the other, and exceptions in both, with handlers in both. */
#include <stdint.h>
#include <stdio.h>

#include "mmu.h"
#include "vectors.h"

enum { HOLE = 0x70000000, END = 0x68000000, LOG = 64, THUMB = 0x20 };
enum { SCTLR_TE = 1 << 30, WIDE = 0xe800 };

struct entry {
    uint32_t kind, step, cpsr, spsr, status, address;
};

static uint32_t table[4096] __attribute__((aligned(16384)));
static struct entry log[LOG];
static int used;

uint32_t walk(uint32_t hole, uint32_t end);
extern char thumb_vectors[];

static uint32_t undefined_size(struct frame *frame)
{
    uint16_t *at = (uint16_t *)(frame->pc - 2);

    return frame->cpsr & THUMB && *at >= WIDE ? 4 : 2;
}

/* The IT bits of what comes after an instruction of `size` bytes that is passed over. */
static uint32_t advance_it(uint32_t cpsr)
{
    uint32_t it = (cpsr >> 10 & 0x3f) << 2 | (cpsr >> 25 & 3);

    it = it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
    return (cpsr & ~0x0600fc00u) | (it >> 2) << 10 | (it & 3) << 25;
}

void handle(enum kind kind, struct frame *frame, uint32_t cpsr)
{
    struct entry *entry = &log[used++];

    *entry = (struct entry){kind, frame->r[10]++, cpsr & 0x3f, frame->cpsr & 0x0600fe3f, 0, 0};
    switch (kind) {
    case SVC:
        break;
    case UNDEFINED_TAKEN:
        frame->pc += undefined_size(frame) - 2;
        frame->cpsr = advance_it(frame->cpsr);
        break;
    case DATA_ABORT_TAKEN:
        entry->status = cp15_read(0, c5, c0, 0) & 0xfff;
        entry->address = cp15_read(0, c6, c0, 0);
        frame->pc -= 8;
        frame->pc += *(uint16_t *)frame->pc >= WIDE ? 4 : 2;
        frame->cpsr = advance_it(frame->cpsr);
        break;
    case PREFETCH_ABORT_TAKEN:
        entry->status = cp15_read(0, c5, c0, 1) & 0x40f;
        entry->address = cp15_read(0, c6, c0, 2);
        frame->pc = frame->r[7] & ~1u;
        frame->cpsr = (frame->cpsr & ~THUMB) | (frame->r[7] & 1 ? THUMB : 0);
        break;
    }
}

static void show(const char *title)
{
    static const char *const kinds[] = {"svc", "data abort", "prefetch abort", "", "undefined"};

    used = 0;
    uint32_t result = walk(HOLE, END);
    printf("%s: %u\n", title, (unsigned)result);
    for (struct entry *entry = log; entry < log + used; entry++) {
        printf("  %2u %s in %s", (unsigned)entry->step, kinds[entry->kind],
               entry->spsr & THUMB ? "Thumb" : "ARM");
        if (entry->spsr & 0x0600fc00)
            printf(" it %08x", (unsigned)(entry->spsr & 0x0600fc00));
        if (entry->status)
            printf(" status %03x address %08x", (unsigned)entry->status, (unsigned)entry->address);
        printf(", handler's cpsr %02x\n", (unsigned)entry->cpsr);
    }
}

int main(void)
{
    map_flat(table);
    mmu_on(table);
    set_stacks();
    cp15_write(0, c12, c0, 0, (uint32_t)frame_vectors);
    synchronize();
    show("handlers in ARM state");
    cp15_write(0, c12, c0, 0, (uint32_t)thumb_vectors);
    set_control(SCTLR_TE, 1);
    show("handlers in Thumb state");
    printf("== end ==\n");
    return 0;
}
