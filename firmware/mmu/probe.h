/* Accesses that may fault: see probe.S. */
#ifndef PROBE_H
#define PROBE_H

#include <stdint.h>

enum { NO_ABORT, DATA_ABORT, PREFETCH_ABORT, UNDEFINED = 4 };

struct probe {
    uint32_t stack, lr, spsr, dfsr, dfar, ifsr, ifar, value;
};

extern struct probe probe;
extern char probe_vectors[];

int probe_load(uint32_t address);
int probe_store(uint32_t address, uint32_t word);
int probe_load_user(uint32_t address);
int probe_store_user(uint32_t address, uint32_t word);
int probe_fetch(uint32_t address);
int probe_fetch_user(uint32_t address);
int probe_load_pair(uint32_t address);
int probe_load_multiple(uint32_t address);
int probe_load_half(uint32_t address);
int probe_store_half(uint32_t address, uint32_t word);
int probe_load_exclusive(uint32_t address);
int probe_undefined(void);

/* System control coprocessor registers. */
#define cp15_read(opc1, crn, crm, opc2)                                                            \
    ({                                                                                             \
        uint32_t value_;                                                                           \
        __asm__ volatile("mrc p15, " #opc1 ", %0, " #crn ", " #crm ", " #opc2 : "=r"(value_));     \
        value_;                                                                                    \
    })
#define cp15_write(opc1, crn, crm, opc2, value)                                                    \
    __asm__ volatile("mcr p15, " #opc1 ", %0, " #crn ", " #crm ", " #opc2 ::"r"(value) : "memory")

static inline void synchronize(void)
{
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

static inline void invalidate_tlb(void)
{
    synchronize();
    cp15_write(0, c8, c7, 0, 0);
    synchronize();
}

/* After instructions have been written. */
static inline void synchronize_code(uint32_t address)
{
    cp15_write(0, c7, c11, 1, address);
    __asm__ volatile("dsb" ::: "memory");
    cp15_write(0, c7, c5, 1, address);
    cp15_write(0, c7, c5, 6, 0);
    synchronize();
}

#endif
