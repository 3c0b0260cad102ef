/* Integer arithmetic: multiplication in 32 and 64 bits, division, roots, bits. */
#include "cpu.h"

const char program[] = "integer";
volatile u32 rounds = 60000;

void prepare(void)
{
}

static u32 greatest_common_divisor(u32 a, u32 b)
{
    while (b) {
        u32 rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

static u32 square_root(u32 square)
{
    u32 root = 0;

    for (u32 bit = 1u << 30; bit; bit >>= 2) {
        if (square >= root + bit) {
            square -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
    }
    return root;
}

static u32 power_modulo(u32 base, u32 exponent, u32 modulus)
{
    u32 result = 1;

    for (base %= modulus; exponent; exponent >>= 1) {
        if (exponent & 1)
            result = result * base % modulus; /* both below 2**16 */
        base = base * base % modulus;
    }
    return result;
}

static u32 count_bits(u32 word)
{
    word -= word >> 1 & 0x55555555;
    word = (word & 0x33333333) + (word >> 2 & 0x33333333);
    word = (word + (word >> 4)) & 0x0F0F0F0F;
    return word * 0x01010101 >> 24;
}

static u32 reverse_bits(u32 word)
{
    word = (word >> 1 & 0x55555555) | (word & 0x55555555) << 1;
    word = (word >> 2 & 0x33333333) | (word & 0x33333333) << 2;
    word = (word >> 4 & 0x0F0F0F0F) | (word & 0x0F0F0F0F) << 4;
    return __builtin_bswap32(word);
}

u32 work(u32 seed)
{
    u32 state = seed | 1, sum = 0;
    u64 product = seed;

    for (int i = 0; i < 100; i++) {
        u32 a = random32(&state), b = random32(&state);

        product = product * a + b;
        product ^= (u64)((s64)(s32)a * (s32)b);
        sum = mix(sum, count_bits(a) + reverse_bits(b));
        sum += (u32)((s32)b % 1009);
        sum += square_root(a);
        if (i % 4 == 0)
            sum ^= (u32)((s32)a / ((s32)(b >> 20) + 1));
        if (i % 32 == 0) {
            sum += greatest_common_divisor(a >> 8, b >> 8);
            sum ^= power_modulo(a, b >> 16, 65521);
        }
    }
    return sum ^ (u32)product ^ (u32)(product >> 32);
}
