/* Demand paging: sixteen pages in four frames, by abort handlers that go on where it stopped.
 *
 * A page is brought in at its first access, read-only; the first store makes it dirty; a page that
 * goes is copied back if it is. In a second round the access flag chooses which one goes. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "mmu.h"
#include "vectors.h"

enum { WINDOW = 0x40000000, PAGES = 16, FRAMES = 4, PAGE = 4096, WORDS = PAGE / 4 };
enum { SMALL = 2, READ_ONLY = 0x210, READ_WRITE = 0x30, FLAGGED = 0x10, WRITE_BACK = 0xc };
enum { ACCESS_FLAG = 0x6, TRANSLATION = 0x7, PERMISSION = 0xf, WRITE = 0x800 };

static uint32_t table[4096] __attribute__((aligned(16384)));
static uint32_t pages[256] __attribute__((aligned(1024)));
static uint32_t frames[FRAMES][WORDS] __attribute__((aligned(PAGE)));
static uint32_t store[PAGES][WORDS], shadow[PAGES][WORDS];
static int owner[FRAMES] = {-1, -1, -1, -1}, next;
static unsigned loads, stores, writes_back, flags_set, access_flags;

/* Old descriptors: AP[2] is bit 9; with access flags, AP[0] is the flag. */
static uint32_t descriptor(int frame, int writable)
{
    uint32_t ap = writable ? READ_WRITE : access_flags ? 0x230 : READ_ONLY;

    return (uint32_t)frames[frame] | ap | WRITE_BACK | SMALL;
}

static void drop(int page)
{
    pages[page] = 0;
    invalidate_page(WINDOW + (uint32_t)page * PAGE);
}

static int victim(void)
{
    for (int tried = 0; access_flags && tried < FRAMES; tried++) {
        int page = owner[next];
        if (page < 0 || !(pages[page] & FLAGGED))
            break;
        pages[page] &= ~(uint32_t)FLAGGED;
        invalidate_page(WINDOW + (uint32_t)page * PAGE);
        next = (next + 1) % FRAMES;
    }
    int frame = next;
    next = (next + 1) % FRAMES;
    return frame;
}

static void bring_in(int page)
{
    int frame = victim(), old = owner[frame];

    if (old >= 0) {
        int dirty = !(pages[old] & 0x200);
        drop(old);
        if (dirty) {
            memcpy(store[old], frames[frame], PAGE);
            writes_back++;
        }
    }
    memcpy(frames[frame], store[page], PAGE);
    owner[frame] = page;
    pages[page] = descriptor(frame, 0);
    synchronize();
}

void handle(enum kind kind, struct frame *frame, uint32_t cpsr)
{
    uint32_t status = cp15_read(0, c5, c0, 0), address = cp15_read(0, c6, c0, 0);
    int page = (int)((address - WINDOW) / PAGE);

    (void)cpsr;
    if (kind != DATA_ABORT_TAKEN || page < 0 || page >= PAGES) {
        printf("unexpected: kind %d status %x address %x\n", kind, (unsigned)status,
               (unsigned)address);
        for (;;) {
        }
    }
    switch (status & 0xf) {
    case TRANSLATION:
        loads++;
        bring_in(page);
        break;
    case ACCESS_FLAG:
        flags_set++;
        pages[page] |= FLAGGED;
        synchronize();
        break;
    case PERMISSION:
        stores++;
        if (!(status & WRITE))
            printf("a load without permission\n");
        pages[page] &= ~(uint32_t)0x200;
        pages[page] |= READ_WRITE;
        invalidate_page(WINDOW + (uint32_t)page * PAGE);
        break;
    default:
        printf("status %x\n", (unsigned)status);
    }
    frame->pc -= 8; /* the handler's LR is two instructions on: again */
}

static uint32_t draw(void)
{
    static uint32_t state = 12345;

    state = state * 1103515245u + 12345u;
    return state >> 8;
}

static void work(const char *name, int rounds)
{
    volatile uint32_t *memory = (volatile uint32_t *)WINDOW;

    loads = stores = writes_back = flags_set = 0;
    for (int round = 0; round < rounds; round++) {
        uint32_t page = draw() % PAGES, word = draw() % WORDS;
        if (draw() % 3 == 0)
            page = draw() % 3;
        if (draw() % 2) {
            uint32_t value = draw();
            memory[page * WORDS + word] += value;
            shadow[page][word] += value;
        } else if (memory[page * WORDS + word] != shadow[page][word]) {
            printf("page %u word %u differs\n", (unsigned)page, (unsigned)word);
        }
    }
    uint32_t sum = 0;
    for (int index = 0; index < PAGES * WORDS; index += 7)
        sum = sum * 31 + memory[index];
    printf("%s: %u brought in, %u made dirty, %u written back, %u flags set, sum %08x\n", name,
           loads, stores, writes_back, flags_set, (unsigned)sum);
}

int main(void)
{
    map_flat(table);
    table[WINDOW >> 20] = (uint32_t)pages | 1;
    mmu_on(table);
    set_stacks();
    cp15_write(0, c12, c0, 0, (uint32_t)frame_vectors);
    synchronize();
    work("first in, first out", 150);
    for (int page = 0; page < PAGES; page++)
        if (pages[page])
            pages[page] |= FLAGGED;
    access_flags = 1;
    set_control(SCTLR_AFE, 1);
    invalidate_tlb();
    work("second chance", 150);
    printf("== end ==\n");
    return 0;
}
