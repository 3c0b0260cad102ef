/* The self test's sections, its random numbers and its checksum. */
#ifndef SELFTEST_H
#define SELFTEST_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define NOINLINE __attribute__((noinline))

extern u32 checksum;

u32 random32(void);
u32 awkward32(void); /* random, but often one of the numbers where arithmetic goes wrong */
u64 awkward64(void);

void mix(u32 word); /* into the checksum; the order counts */
void mix64(u64 word);
void mix_bytes(const void *bytes, size_t size);

void arithmetic8(void);
void arithmetic16(void);
void arithmetic32(void);
void arithmetic64(void);
void shifts(void);
void division32(void);
void division64(void);
void bit_fields(void);
void switches(void);
void function_pointers(void);
void recursion(void);
void structures(void);
void variable_arguments(void);
void jumps(void);
void string_functions(void);
void unaligned(void);
void sorting(void);
void heap(void);
void crc32(void);
void hashing(void);
void single_precision(void);
void double_precision(void);
void formatting(void);
void atomic_words(void);
#ifdef __arm__
void modulo64(void);
void atomic_sizes(void);
#endif

#endif
