/* Exception entry and return from every mode, and exceptions within handlers. */
#include <stdint.h>
#include <stdio.h>

#include "mmu.h"
#include "vectors.h"

enum { HOLE = 0x70000000, LOG = 64 };

struct entry {
    uint32_t kind, where, cpsr, spsr, status, address, r8, depth;
};

void visit(uint32_t cpsr, uint32_t hole, uint32_t flags);
void go_home(void);
void call_svc(uint32_t number);
void raise_undefined(void);
uint32_t load_word(uint32_t address);
extern char visit_svc[];

static uint32_t table[4096] __attribute__((aligned(16384)));
static struct entry log[LOG];
static int used, depth;

static void note(enum kind kind, struct frame *frame, uint32_t cpsr)
{
    struct entry *entry = &log[used++];

    entry->kind = kind;
    entry->where = frame->pc;
    entry->cpsr = cpsr & 0x1ff;
    entry->spsr = frame->cpsr;
    entry->status = kind == DATA_ABORT_TAKEN ? cp15_read(0, c5, c0, 0) & 0xfff : 0;
    entry->address = kind == DATA_ABORT_TAKEN ? cp15_read(0, c6, c0, 0) : 0;
    if (kind == PREFETCH_ABORT_TAKEN) {
        entry->status = cp15_read(0, c5, c0, 1) & 0x40f;
        entry->address = cp15_read(0, c6, c0, 2);
    }
    entry->r8 = frame->r[8] + frame->r[9] + frame->r[10] + frame->r[11];
    entry->depth = (uint32_t)depth;
}

void handle(enum kind kind, struct frame *frame, uint32_t cpsr)
{
    note(kind, frame, cpsr);
    depth++;
    switch (kind) {
    case SVC: {
        uint32_t number = *(uint32_t *)(frame->pc - 4) & 0xff;
        if (number == 99) {
            depth = 0;
            go_home();
        }
        if (number == 1 && depth == 1)
            call_svc(7); /* nested: another call, from the handler */
        if (number == 7)
            raise_undefined();
        break;
    }
    case UNDEFINED_TAKEN:
        if (depth == 3)
            load_word(HOLE + 0x100); /* and an abort in the handler of that */
        break;
    case DATA_ABORT_TAKEN:
        frame->pc -= 4;
        break;
    case PREFETCH_ABORT_TAKEN:
        frame->pc = frame->r[7];
        break;
    }
    depth--;
}

static const char *const kinds[] = {"svc", "data abort", "prefetch abort", "", "undefined"};

int main(void)
{
    static const struct {
        uint32_t cpsr, flags;
        const char *name;
    } modes[] = {
        {0xd0, 0xf0000000u, "usr"}, {0xd1, 0x00000000u, "fiq"}, {0xd2, 0x80000000u, "irq"},
        {0x53, 0x40000000u, "svc"}, {0xd7, 0x20000000u, "abt"}, {0x9b, 0x10000000u, "und"},
        {0x1f, 0x60000000u, "sys"},
    };

    map_flat(table);
    mmu_on(table);
    set_stacks();
    cp15_write(0, c12, c0, 0, (uint32_t)frame_vectors);
    synchronize();
    for (unsigned mode = 0; mode < sizeof modes / sizeof modes[0]; mode++) {
        used = 0;
        visit(modes[mode].cpsr, HOLE + 0x1000 * mode, modes[mode].flags);
        for (int index = 0; index < used; index++) {
            struct entry *entry = &log[index];
            uint32_t offset = entry->where - (uint32_t)visit_svc;
            printf("%s: depth %u %s cpsr %03x spsr %08x status %03x address %08x r8-r11 %x",
                   modes[mode].name, (unsigned)entry->depth, kinds[entry->kind],
                   (unsigned)entry->cpsr, (unsigned)entry->spsr, (unsigned)entry->status,
                   (unsigned)entry->address, (unsigned)(entry->depth ? 0 : entry->r8));
            if (offset < 64)
                printf(" at +%u", (unsigned)offset);
            printf("\n");
        }
    }
    printf("== end ==\n");
    return 0;
}
