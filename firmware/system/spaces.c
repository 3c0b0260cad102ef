/* Two processes in User mode at the same addresses, in two address spaces, switched by calls.
 *
 * Nothing is invalidated when they switch: the ASID keeps their translations apart. Each has a
 * TTBR0 table of its own; the program is in TTBR1's. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "mmu.h"
#include "vectors.h"

enum { SPLIT = 3, COUNTER = 0x08000000, SHARED = 0x08101000, PRIVATE_PAGE = 0x08205000 };
enum { YIELD = 1, PRINT = 2, EXIT = 3, REMAP = 4 };
enum { SMALL_PAGE = 0x83e }; /* not global, for all, write-back */

struct process {
    struct frame frame;
    uint32_t sp, lr, table, asid, alive;
};

static uint32_t kernel[4096] __attribute__((aligned(16384)));
static uint32_t low[2][512] __attribute__((aligned(2048)));
static uint32_t pages[2][256] __attribute__((aligned(1024)));
static uint32_t memory[4][1024] __attribute__((aligned(4096)));
static uint32_t shared_page[1024] __attribute__((aligned(4096)));
static struct process processes[2];
static int present, switches, aborts;

void enter_user(struct frame *frame, uint32_t *sp_lr);
void user_registers(uint32_t *sp_lr, int restore);
extern char program_start[];

static void use_space(struct process *process)
{
    cp15_write(0, c13, c0, 1, process->asid);
    synchronize();
    cp15_write(0, c2, c0, 0, process->table);
    synchronize();
}

static void switch_process(struct frame *frame)
{
    struct process *from = &processes[present];
    int other = !present;

    if (!processes[other].alive)
        return;
    from->frame = *frame;
    user_registers(&from->sp, 0);
    present = other;
    switches++;
    use_space(&processes[present]);
    *frame = processes[present].frame;
    user_registers(&processes[present].sp, 1);
}

/* The other page of memory behind PRIVATE_PAGE, by one of the ways to tell the TLB. */
static void remap(uint32_t way)
{
    uint32_t asid = processes[present].asid;

    pages[present][PRIVATE_PAGE >> 12 & 0xff] ^=
        (uint32_t)memory[present] ^ (uint32_t)memory[present + 2];
    synchronize();
    switch (way) {
    case 0: cp15_write(0, c8, c7, 1, PRIVATE_PAGE | asid); break;
    case 1: cp15_write(0, c8, c7, 2, asid); break;
    case 2: cp15_write(0, c8, c7, 3, PRIVATE_PAGE); break;
    case 3: cp15_write(0, c8, c7, 0, 0); break;
    case 4: cp15_write(0, c8, c3, 1, PRIVATE_PAGE | asid); break;
    }
    synchronize();
}

void handle(enum kind kind, struct frame *frame, uint32_t cpsr)
{
    (void)cpsr;
    if (kind != SVC) {
        aborts++;
        uint32_t status = kind == DATA_ABORT_TAKEN ? cp15_read(0, c5, c0, 0) & 0xfff
                                                   : cp15_read(0, c5, c0, 1) & 0x40f;
        printf("process %d: kind %d status %03x address %08x\n", present, kind, (unsigned)status,
               (unsigned)(kind == DATA_ABORT_TAKEN ? cp15_read(0, c6, c0, 0)
                                                   : cp15_read(0, c6, c0, 2)));
        if (kind == DATA_ABORT_TAKEN)
            frame->pc -= 4;
        else
            frame->pc = frame->r[7];
        return;
    }
    switch (*(uint32_t *)(frame->pc - 4) & 0xff) {
    case YIELD:
        switch_process(frame);
        break;
    case PRINT:
        printf("process %d: %u %u %u\n", present, (unsigned)frame->r[0], (unsigned)frame->r[1],
               (unsigned)frame->r[2]);
        break;
    case REMAP:
        remap(frame->r[0]);
        break;
    case EXIT:
        processes[present].alive = 0;
        if (!processes[!present].alive) {
            printf("%d switches, %d aborts\n", switches, aborts);
            printf("== end ==\n");
            for (;;) {
            }
        }
        switch_process(frame);
        break;
    }
}

int main(void)
{
    static uint32_t stacks[2][128] __attribute__((aligned(8)));

    map_flat(kernel);
    for (uint32_t number = 0; number < 2; number++) {
        uint32_t *table = low[number], *mine = pages[number];
        /* A section each for what is private, one page table, the console for handlers. */
        table[COUNTER >> 20] =
            (0x640 + number) << 20 | NOT_GLOBAL_SECTION | ANYBODY | NORMAL | SECTION;
        table[SHARED >> 20] = (uint32_t)mine | 1;
        table[PRIVATE_PAGE >> 20] = (uint32_t)mine | 1;
        table[0x100] = 0x10000000u | PRIVILEGED | SECTION;
        mine[SHARED >> 12 & 0xff] = (uint32_t)shared_page | 0x3e;
        memory[number][0] = 100 + number;
        memory[number + 2][0] = 200 + number;
        mine[PRIVATE_PAGE >> 12 & 0xff] = (uint32_t)memory[number] | SMALL_PAGE;
        /* One page of the table is for both windows: they use other pages of it. */
        processes[number] = (struct process){
            .frame = {.r = {number, COUNTER, SHARED, PRIVATE_PAGE},
                      .pc = (uint32_t)program_start,
                      .cpsr = 0xd0},
            .sp = (uint32_t)stacks[number] + sizeof stacks[number],
            .table = (uint32_t)table,
            .asid = number + 1,
            .alive = 1,
        };
    }
    *(uint32_t *)0x64000000u = 1000;
    *(uint32_t *)0x64100000u = 2000;
    cp15_write(0, c2, c0, 1, (uint32_t)kernel);
    cp15_write(0, c2, c0, 2, SPLIT);
    cp15_write(0, c3, c0, 0, 1);
    use_space(&processes[0]);
    invalidate_tlb();
    set_control(SCTLR_M, 1);
    set_stacks();
    cp15_write(0, c12, c0, 0, (uint32_t)frame_vectors);
    synchronize();
    enter_user(&processes[0].frame, &processes[0].sp);
    return 0;
}
