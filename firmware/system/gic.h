/* The Cortex-A9's interrupt controller, as much of it as software generated interrupts need. */
#ifndef GIC_H
#define GIC_H

#include <stdint.h>

#include "../mmu/probe.h"

enum { GICC = 0x1e000100, GICD = 0x1e001000 };
enum { GICC_CTLR = 0x00, GICC_PMR = 0x04, GICC_IAR = 0x0c, GICC_EOIR = 0x10 };
enum { GICC_RPR = 0x14, GICC_HPPIR = 0x18 };
enum { GICD_CTLR = 0x000, GICD_IGROUPR = 0x080, GICD_ISENABLER = 0x100 };
enum { GICD_IPRIORITYR = 0x400, GICD_SGIR = 0xf00 };
enum { ENABLE_GROUPS = 3, ACK_CTL = 4, FIQ_EN = 8 };
enum { TO_MYSELF = 2 << 24, FOR_GROUP_1 = 1 << 15, SPURIOUS = 1023 };

static inline uint32_t gic_read(uint32_t address)
{
    return *(volatile uint32_t *)address;
}

/* An interrupt that the write brings or lets through is taken before anything else is done. */
static inline void gic_write(uint32_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
    synchronize();
}

#endif
