/* What compilers emit, exercised; one checksum a section, the same on every instruction set. */
#include <stdio.h>

#include "selftest.h"

u32 checksum;
static u32 random_state;

u32 random32(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

u32 awkward32(void)
{
    static const u32 corners[] = {0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000,
                                  0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFE, 0xFFFFFFFF};
    u32 choice = random32() >> 27;

    return choice < COUNT(corners) ? corners[choice] : random32() >> (random32() & 24);
}

u64 awkward64(void)
{
    u64 high = awkward32();

    return high << 32 | awkward32();
}

void mix(u32 word)
{
    checksum = (checksum << 1 | checksum >> 31) + (word ^ 0x9E3779B9);
}

void mix64(u64 word)
{
    mix((u32)word);
    mix((u32)(word >> 32));
}

void mix_bytes(const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        mix(((const uint8_t *)bytes)[i]);
}

static const struct { const char *name; void (*run)(void); } sections[] = {
    {"arithmetic8", arithmetic8},
    {"arithmetic16", arithmetic16},
    {"arithmetic32", arithmetic32},
    {"arithmetic64", arithmetic64},
    {"shifts", shifts},
    {"division32", division32},
    {"division64", division64},
    {"bit_fields", bit_fields},
    {"switches", switches},
    {"pointers", function_pointers},
    {"recursion", recursion},
    {"structures", structures},
    {"varargs", variable_arguments},
    {"setjmp", jumps},
    {"strings", string_functions},
    {"unaligned", unaligned},
    {"sorting", sorting},
    {"heap", heap},
    {"crc32", crc32},
    {"hashing", hashing},
    {"float", single_precision},
    {"double", double_precision},
    {"sprintf", formatting},
    {"atomic", atomic_words},
#ifdef __arm__
    {"modulo64", modulo64},
    {"atomic_arm", atomic_sizes},
#endif
};

int main(void)
{
    u32 all = 0;

    for (size_t i = 0; i < COUNT(sections); i++) {
        random_state = 0x2545F491 + (u32)i;
        checksum = 0;
        sections[i].run();
        printf("%-12s %08lx\n", sections[i].name, (unsigned long)checksum);
        all ^= checksum + (u32)i;
    }
    printf("%-12s %08lx\n", "all", (unsigned long)all);
    printf("== end ==\n");
    return 0;
}
