/* Tasks in User mode that share the floating-point unit.
 *
 * First its registers are exchanged lazily: a switch turns the unit off unless the task owns what
 * is in it, and the first instruction that needs it is undefined, exchanges them and is retried.
 * Then eagerly, at each switch. A call computes with other settings in its handler. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../mmu/probe.h"
#include "fp_context.h"
#include "vectors.h"

enum { TASKS = 6, STACK = 256, ROUNDS = 24, NOBODY = -1 };
enum { YIELD = 1, EXIT = 2, COMPUTE = 3 };
enum { UPWARDS = 1 << 22, DOWNWARDS = 2 << 22, TO_ZERO = 3 << 22 };
enum { FLUSH = 1 << 24, DEFAULT_NAN = 1 << 25, THUMB = 0x20 };

struct task {
    struct frame frame;
    uint32_t sp, lr, alive;
    struct fp_context fp;
};

static struct task tasks[TASKS];
static uint32_t stacks[TASKS][STACK] __attribute__((aligned(8)));
static uint32_t results[TASKS][5];
static double sweeps[2][32];
static int present, owner, lazy;
static uint32_t switches, traps, saves, calls;
static volatile double kernel_number;

void enter_user(struct frame *frame, uint32_t *sp_lr);
void user_registers(uint32_t *sp_lr, int restore);

static inline void call(uint32_t number)
{
    register uint32_t r12 __asm__("r12") = number;
    __asm__ volatile("svc #0" ::"r"(r12) : "memory");
}

static inline uint32_t fpscr(void)
{
    uint32_t value;
    __asm__ volatile("vmrs %0, fpscr" : "=r"(value));
    return value;
}

static void note(int number, double one, float other)
{
    memcpy(&results[number][0], &one, 8);
    memcpy(&results[number][2], &other, 4);
    results[number][4] = fpscr();
}

/* Sums that round at each step, kept in registers while the others run. */
static void sums(int number)
{
    double sum = 0.0, product = 1.0, term = number + 1;
    float single = 0.1f, ratio = 1.0f;

    for (int round = 0; round < ROUNDS; round++) {
        call(YIELD);
        sum += 1.0 / term;
        call(round % 5 == number ? COMPUTE : YIELD);
        product = product * 1.0000001 + sum;
        single = single * 1.1f + (float)sum;
        call(YIELD);
        ratio = single / (ratio + 3.0f);
        term += 1.0;
    }
    note(number, sum * product, single + ratio);
    call(EXIT);
}

/* No floating point until its end: it never becomes the owner while it counts. */
static void integers(int number)
{
    uint32_t sum = 0;

    for (uint32_t round = 0; round < ROUNDS; round++) {
        sum = sum * 31 + round;
        call(YIELD);
    }
    results[number][3] = sum;
    note(number, (double)sum / 3.0, 1e-30f * (float)sum);
    call(EXIT);
}

/* Numbers that are denormal, and NaNs: they depend on more bits of the FPSCR. */
static void specials(int number)
{
    volatile double tiny = 1e-300, zero = 0.0;
    double denormal = tiny, nan = -(zero / zero);
    float small = 1e-30f;

    for (int round = 0; round < ROUNDS; round++) {
        call(YIELD);
        denormal = denormal / 3.0;
        call(YIELD);
        small = small / 3.0f;
        nan = nan + denormal;
    }
    note(number, denormal, small);
    memcpy(&results[number][3], (char *)&nan + 4, 4);
    call(EXIT);
}

static void sweep(int number)
{
    double *numbers = sweeps[number & 1];

    for (int n = 0; n < 32; n++)
        numbers[n] = 1.0 + (double)(n + number) / 7.0;
    results[number][4] = fp_sweep(numbers, ROUNDS / 3);
    for (int word = 0; word < 64; word++)
        for (int half = 0; half < 2; half++)
            results[number][half] = results[number][half] * 33 + ((uint32_t *)numbers)[word] + half;
    call(EXIT);
}

static const struct {
    void (*run)(int number);
    const char *name;
    uint32_t fpscr;
} kinds[TASKS] = {
    {sums, "sums", 0},
    {sums, "sums upwards", UPWARDS},
    {integers, "integers", DOWNWARDS},
    {sweep, "sweep downwards", DOWNWARDS},
    {sweep, "sweep to zero", TO_ZERO | DEFAULT_NAN},
    {specials, "specials", UPWARDS | FLUSH | DEFAULT_NAN},
};

static void start(int as_lazy)
{
    lazy = as_lazy;
    owner = NOBODY;
    switches = traps = saves = calls = 0;
    memset(results, 0, sizeof results);
    for (int number = 0; number < TASKS; number++) {
        uint32_t run = (uint32_t)kinds[number].run;
        tasks[number] = (struct task){
            .frame = {.r = {(uint32_t)number}, .pc = run & ~1u, .cpsr = run & 1 ? 0x30 : 0x10},
            .sp = (uint32_t)stacks[number] + sizeof stacks[number],
            .alive = 1,
            .fp = {.fpscr = kinds[number].fpscr},
        };
    }
    present = 0;
    if (lazy)
        fp_enable(0);
    else
        fp_restore(&tasks[0].fp);
}

static void report(void)
{
    fp_enable(1);
    printf("%s: %u switches, %u traps, %u saved, %u calls\n", lazy ? "lazy" : "eager",
           (unsigned)switches, (unsigned)traps, (unsigned)saves, (unsigned)calls);
    for (int number = 0; number < TASKS; number++) {
        printf("  %-16s", kinds[number].name);
        for (int word = 0; word < 5; word++)
            printf(" %08x", (unsigned)results[number][word]);
        printf("\n");
    }
}

static void switch_task(struct frame *frame)
{
    struct task *from = &tasks[present];
    int next = present;

    do
        next = (next + 1) % TASKS;
    while (!tasks[next].alive && next != present);
    if (next == present && from->alive)
        return;
    from->frame = *frame;
    user_registers(&from->sp, 0);
    if (!lazy && from->alive) {
        fp_save(&from->fp);
        saves++;
    }
    if (!from->alive && owner == present)
        owner = NOBODY;
    if (next == present) { /* none is left */
        report();
        if (!lazy) {
            printf("== end ==\n");
            for (;;) {
            }
        }
        start(0);
        next = 0;
    }
    present = next;
    switches++;
    *frame = tasks[next].frame;
    user_registers(&tasks[next].sp, 1);
    if (lazy)
        fp_enable(owner == present);
    else
        fp_restore(&tasks[next].fp);
}

/* The handler's own arithmetic, in a unit that may hold anybody's registers or be off. */
static void compute(void)
{
    static struct fp_context kept;
    static const struct fp_context own = {.fpscr = TO_ZERO};
    int on = !lazy || owner == present;

    fp_enable(1);
    fp_save(&kept);
    fp_restore(&own);
    kernel_number = kernel_number / 3.0 + 1.0;
    fp_restore(&kept);
    fp_enable(on);
    calls++;
}

void handle(enum kind kind, struct frame *frame, uint32_t cpsr)
{
    (void)cpsr;
    if (kind == UNDEFINED_TAKEN && lazy && owner != present) {
        traps++;
        fp_enable(1);
        if (owner != NOBODY) {
            fp_save(&tasks[owner].fp);
            saves++;
        }
        fp_restore(&tasks[present].fp);
        owner = present;
        frame->pc -= frame->cpsr & THUMB ? 2 : 4;
        return;
    }
    if (kind == SVC && frame->r[12] == YIELD) {
        switch_task(frame);
    } else if (kind == SVC && frame->r[12] == COMPUTE) {
        compute();
    } else if (kind == SVC && frame->r[12] == EXIT) {
        tasks[present].alive = 0;
        switch_task(frame);
    } else {
        fp_enable(1);
        printf("exception %d at %08x\n== end ==\n", kind, (unsigned)frame->pc);
        for (;;) {
        }
    }
}

int main(void)
{
    set_stacks();
    cp15_write(0, c12, c0, 0, (uint32_t)frame_vectors);
    synchronize();
    start(1);
    enter_user(&tasks[0].frame, &tasks[0].sp);
    return 0;
}
