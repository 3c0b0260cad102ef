/* Which accesses may be unaligned, with alignment checks off and on, the MMU off and on. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "mmu.h"

struct probe probe;
static uint32_t table[4096] __attribute__((aligned(16384)));
static uint8_t data[64] __attribute__((aligned(32)));

static int store_word(uint32_t address) { return probe_store(address, 0xa1b2c3d4u); }
static int store_half(uint32_t address) { return probe_store_half(address, 0xe5f6u); }
static int store_user(uint32_t address) { return probe_store_user(address, 0x01020304u); }

static const struct {
    const char *name;
    int (*access)(uint32_t address);
} accesses[] = {
    {"ldr", probe_load},           {"ldrh", probe_load_half},
    {"ldrd", probe_load_pair},     {"ldm", probe_load_multiple},
    {"ldrex", probe_load_exclusive}, {"ldrt", probe_load_user},
    {"str", store_word},           {"strh", store_half},
    {"strt", store_user},
};

static void round_of(const char *title)
{
    printf("%s\n", title);
    for (unsigned number = 0; number < sizeof accesses / sizeof accesses[0]; number++) {
        printf("  %-5s", accesses[number].name);
        for (uint32_t offset = 0; offset < 4; offset++) {
            for (unsigned byte = 0; byte < sizeof data; byte++)
                data[byte] = (uint8_t)(byte * 17 + 3);
            probe.value = 0;
            int abort = accesses[number].access((uint32_t)data + 8 + offset);
            uint32_t sum = 0;
            for (unsigned byte = 0; byte < sizeof data; byte++)
                sum = sum * 33 + data[byte];
            if (abort)
                printf("  abort %d dfsr %03x +%u", abort, (unsigned)(probe.dfsr & 0xc0f),
                       (unsigned)(probe.dfar - (uint32_t)data - 8));
            else
                printf("  %08x %08x", (unsigned)probe.value, (unsigned)sum);
        }
        printf("\n");
    }
}

int main(void)
{
    cp15_write(0, c12, c0, 0, (uint32_t)probe_vectors);
    synchronize();
    round_of("MMU off, A = 0");
    set_control(SCTLR_A, 1);
    round_of("MMU off, A = 1");
    set_control(SCTLR_A, 0);
    map_flat(table);
    mmu_on(table);
    round_of("MMU on, A = 0");
    set_control(SCTLR_A, 1);
    round_of("MMU on, A = 1");
    set_control(SCTLR_A, 0);

    /* Across the end of a section into a hole: the fault is at the second part's address. */
    uint32_t last = 0x67fffffeu;
    printf("across the end: %d", probe_load(last));
    printf(" dfsr %03x dfar %08x", (unsigned)probe.dfsr, (unsigned)probe.dfar);
    printf(", %d", probe_store(last, 0x12345678));
    printf(" dfsr %03x dfar %08x\n", (unsigned)probe.dfsr, (unsigned)probe.dfar);
    printf("undefined: %d at probe_undefined+%u\n", probe_undefined(),
           (unsigned)(probe.lr - (uint32_t)probe_undefined));
    printf("== end ==\n");
    return 0;
}
