/* Random translation tables, and what accesses through them give.
 *
 * 1000 sets of tables; 16 probes through each. Results are left in memory at RESULTS, four words a
 * probe, for whoever runs this to read: the operation and its outcome, PAR or the word loaded, and
 * the fault status and address registers. */
#include <stdint.h>

#include "console.h"
#include "probe.h"

enum { TABLES = 1000, PROBES = 16, SECOND_TABLES = 3 };

#define RESULTS ((volatile uint32_t *)0x62000000u)
#define SVC_0 0xef000000u

/* Three windows of 16 MiB that the random descriptors are for; one is for supersections. */
static const uint32_t windows[] = {0x80000000u, 0x81000000u, 0x08000000u};

struct probe probe;
static uint32_t low[4096] __attribute__((aligned(16384)));
static uint32_t high[4096] __attribute__((aligned(16384)));
static uint32_t second[SECOND_TABLES][256] __attribute__((aligned(1024)));
static uint32_t state = 0x2545f491;

static uint32_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static void print(const char *text)
{
    while (*text)
        console_put(*text++);
}

static void first_level(uint32_t index, uint32_t word)
{
    low[index] = high[index] = word;
}

/* The program, its results, the console and all of the memory the windows lead to, as they are:
 * sections for privileged use in domain 15, with AP[0] set, which is the access flag as well. */
static void identity(void)
{
    for (uint32_t megabyte = 0x600; megabyte < 0x680; megabyte++)
        first_level(megabyte, megabyte << 20 | 0x15ee);
    first_level(0x100, 0x100005e2u);
}

/* Memory from 0x64000000 to 0x67ffffff. */
static uint32_t target(uint32_t mask)
{
    return 0x64000000u | (draw() & 0x03ffffffu & mask);
}

static uint32_t random_section(void)
{
    return target(0xfff00000u) | (draw() & 0x0003fdfeu & ~3u & ~(1u << 18)) | 2 | (draw() & 1);
}

static uint32_t random_supersection(void)
{
    return target(0xff000000u) | (draw() & 0x0003fc1cu & ~(1u << 18)) | 1u << 18 | 2;
}

static uint32_t random_first(void)
{
    uint32_t kind = draw() & 15;

    if (kind == 0)
        return draw() & ~3u;
    if (kind < 7)
        return (random_section() & ~1u) | (kind == 6);
    return (uint32_t)second[draw() % SECOND_TABLES] | (draw() & 0x1ec) | 1;
}

static uint32_t random_second(void)
{
    uint32_t kind = draw() & 15;

    if (kind == 0)
        return draw() & ~3u;
    if (kind < 5)
        return target(0xffff0000u) | (draw() & 0xfe3c) | 1;
    return target(0xfffff000u) | (draw() & 0xffd) | 2;
}

static void make_tables(void)
{
    for (int table = 0; table < SECOND_TABLES; table++)
        for (int index = 0; index < 16; index++)
            second[table][17 * index] = random_second();
    for (int index = 0; index < 16; index++) {
        first_level((windows[0] >> 20) + index, random_first());
        first_level((windows[2] >> 20) + index, random_first());
    }
    uint32_t big = draw() & 3 ? random_supersection() : random_first();
    for (int index = 0; index < 16; index++)
        first_level((windows[1] >> 20) + index, big);
}

/* No domain is a manager where there are access flags: whether a manager's access asks for them is
 * a point on which QEMU departs from the manual, and it would change what memory holds. */
static uint32_t random_domains(uint32_t access_flags)
{
    uint32_t dacr = 0;

    for (int domain = 0; domain < 15; domain++) {
        uint32_t kind = draw() & 7;
        dacr |= (kind == 0 ? 0 : kind == 1 && !access_flags ? 3 : kind == 2 ? 2 : 1) << 2 * domain;
    }
    return dacr | 1u << 30;
}

static void use_tables(void)
{
    uint32_t n = draw() & 3, ttbcr = n;

    if (n == 1 && (draw() & 7) == 0)
        ttbcr |= 1u << 5;
    uint32_t sctlr = cp15_read(0, c1, c0, 0) & ~(1u << 28 | 1u << 29);
    sctlr |= (draw() & 1) << 28 | (draw() & 1) << 29 | 1;
    cp15_write(0, c2, c0, 0, (uint32_t)low);
    cp15_write(0, c2, c0, 1, (uint32_t)high);
    cp15_write(0, c2, c0, 2, ttbcr);
    cp15_write(0, c3, c0, 0, random_domains(sctlr >> 29 & 1));
    cp15_write(0, c10, c2, 0, (draw() & ~(3u << 14)) | 2u << 14); /* the program is normal memory */
    cp15_write(0, c10, c2, 1, draw());
    cp15_write(0, c13, c0, 1, draw() & 0xff);
    cp15_write(0, c1, c0, 0, sctlr);
    invalidate_tlb();
}

static uint32_t random_address(void)
{
    uint32_t block = draw() & 15;

    return windows[draw() % 3] | (draw() & 15) << 20 | (block * 17) << 12 | (draw() & 0xffc);
}

static uint32_t physical(uint32_t address)
{
    cp15_write(0, c7, c8, 0, address);
    synchronize();
    return cp15_read(0, c7, c4, 0);
}

/* What is comparable of PAR: the address or the fault, no attributes. */
static uint32_t comparable(uint32_t par)
{
    if (par & 1)
        return par & 0x7f;
    return par & (par & 2 ? 0xff000002u : 0xfffff000u);
}

static int probe_once(uint32_t operation, uint32_t address, uint32_t word, uint32_t *value)
{
    int outcome = NO_ABORT;

    switch (operation) {
    case 0: cp15_write(0, c7, c8, 0, address); break;
    case 1: cp15_write(0, c7, c8, 1, address); break;
    case 2: cp15_write(0, c7, c8, 2, address); break;
    case 3: cp15_write(0, c7, c8, 3, address); break;
    case 4: case 5: outcome = probe_load(address); break;
    case 6: case 7: outcome = probe_store(address, word); break;
    case 8: outcome = probe_load_user(address); break;
    case 9: outcome = probe_store_user(address, word); break;
    case 10: case 11: {
        uint32_t par = physical(address);
        if (!(par & 1)) {
            uint32_t at = par & 2 ? (par & 0xff000000u) | (address & 0x00ffffffu)
                                  : (par & 0xfffff000u) | (address & 0xfffu);
            *(volatile uint32_t *)at = SVC_0;
            synchronize_code(at);
        }
        outcome = operation == 10 ? probe_fetch(address) : probe_fetch_user(address);
        break;
    }
    }
    if (operation < 4) {
        synchronize();
        *value = comparable(cp15_read(0, c7, c4, 0));
    } else if (outcome == NO_ABORT) {
        *value = operation == 4 || operation == 5 || operation == 8 ? probe.value : 0;
    }
    return outcome;
}

int main(void)
{
    volatile uint32_t *result = RESULTS;

    cp15_write(0, c12, c0, 0, (uint32_t)probe_vectors);
    identity();
    for (int table = 0; table < TABLES; table++) {
        make_tables();
        use_tables();
        for (int index = 0; index < PROBES; index++) {
            uint32_t operation = draw() % 12, address = random_address(), value = 0;
            int outcome = probe_once(operation, address, (uint32_t)(table * 16 + index), &value);
            *result++ = operation | (uint32_t)outcome << 8;
            *result++ = value;
            *result++ = outcome == DATA_ABORT ? probe.dfsr : outcome ? probe.ifsr : 0;
            *result++ = outcome == DATA_ABORT ? probe.dfar : outcome ? probe.ifar : address;
        }
    }
    print("== end ==\n");
    for (;;) {
    }
}
