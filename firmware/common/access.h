/* Words in memory and in devices whose byte order is fixed, read alike by every core.
 *
 * A little-endian word is what the other core, or a device, means by it; a big-endian core swaps. */
#ifndef ACCESS_H
#define ACCESS_H

#include <stdint.h>

static inline uint32_t little_endian(uint32_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap32(word);
#else
    return word;
#endif
}

/* Memory shared between the cores holds little-endian words. */
static inline uint32_t shared_read(uintptr_t address)
{
    return little_endian(*(volatile uint32_t *)address);
}

static inline void shared_write(uintptr_t address, uint32_t word)
{
    *(volatile uint32_t *)address = little_endian(word);
}

/* Device registers: little-endian, or the core's own order where the board says so. */
#ifdef DEVICES_IN_CORE_ORDER
#define device_order(word) (word)
#else
#define device_order(word) little_endian(word)
#endif

static inline uint32_t device_read(uintptr_t address)
{
    return device_order(*(volatile uint32_t *)address);
}

static inline void device_write(uintptr_t address, uint32_t word)
{
    *(volatile uint32_t *)address = device_order(word);
}

/* Everything before it is seen by the other core before anything after it. */
static inline void memory_barrier(void)
{
#if defined(__arm__)
    __asm__ volatile("dmb" ::: "memory");
#elif defined(__MICROBLAZE__)
    __asm__ volatile("mbar 1" ::: "memory"); /* 1: wait for the data side only */
#else
#error "no memory barrier known for this instruction set"
#endif
}

#endif
