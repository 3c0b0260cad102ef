/* What a core's options change in the code of a compiler: multiplication, division, shifts, bytes,
   floats. Every image prints the same, whatever its core has. No number here is denormalized or a
   NaN, and floats become integers only where nothing is to be rounded. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "console.h"

#define NOINLINE __attribute__((noinline))

static uint32_t state = 0x2545F491, hash;

static NOINLINE uint32_t next(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static void mix(uint32_t value)
{
    hash = (hash << 7 | hash >> 25) ^ (value + 0x9E3779B9u);
}

static void mix64(uint64_t value)
{
    mix((uint32_t)value);
    mix((uint32_t)(value >> 32));
}

static void mix_float(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    mix(bits);
}

static void print(const char *text)
{
    while (*text)
        console_put(*text++);
}

static void report(const char *name)
{
    print(name);
    for (int shift = 28; shift >= 0; shift -= 4)
        console_put("0123456789abcdef"[hash >> shift & 15]);
    print("\n");
    hash = 0;
}

static NOINLINE void multiply(uint32_t a, uint32_t b)
{
    mix(a * b), mix(a * 10), mix((uint32_t)-(int32_t)(a * 7));
    mix64((uint64_t)a * b), mix64((uint64_t)((int64_t)(int32_t)a * (int32_t)b));
    mix64(((uint64_t)a << 32 | b) * ((uint64_t)b << 32 | a));
}

static NOINLINE void divide(uint32_t a, uint32_t b)
{
    mix(a / (b | 1)), mix(a % (b | 1)), mix(a / 10), mix(a % 1000);
    mix((uint32_t)((int32_t)a / (int32_t)(b >> 8 | 1)));
    mix((uint32_t)((int32_t)a % (int32_t)(b >> 20 | 1))), mix((uint32_t)((int32_t)a / -3));
    mix64(((uint64_t)a << 32 | b) / (b | 1));
}

static NOINLINE void shift(uint32_t a, uint32_t b)
{
    uint64_t wide = (uint64_t)a << 32 | b;

    mix(a << (b & 31)), mix(a >> (b & 31)), mix((uint32_t)((int32_t)a >> (b & 31)));
    mix(a << 9), mix((uint32_t)((int32_t)a >> 17)), mix(a >> 5 & 0x7FF);
    mix64(wide << (b & 63)), mix64(wide >> (a & 63)), mix64((uint64_t)((int64_t)wide >> (b & 63)));
    mix((a & ~0xFF0u) | (b & 0xFF) << 4);
}

static NOINLINE void compare(uint32_t a, uint32_t b)
{
    mix(a == b), mix(a != b), mix(a < b), mix((int32_t)a < (int32_t)b), mix(a >= b);
    mix((uint32_t)__builtin_clz(a | 1)), mix((uint32_t)__builtin_ctz(a | 0x80000000));
    mix(__builtin_bswap32(a)), mix((a == 0) + 2 * (b != 0)), mix((uint32_t)((int32_t)a > -5));
}

static NOINLINE void bytes(uint32_t a, uint32_t b)
{
    char text[24], other[24];

    memset(text, (int)(a & 0x3F) + 32, sizeof text);
    text[b % 23 + 1] = 0;
    strcpy(other, text);
    other[a % 24] ^= (char)(b & 1);
    mix((uint32_t)strlen(text)), mix(strcmp(text, other) == 0), mix(memcmp(text, other, 24) != 0);
    mix((uint32_t)(uintptr_t)(strchr(text, text[3]) - text));
}

static NOINLINE float number(void)
{
    return (float)(int32_t)(next() >> 8) / 1024.0f - 8000.0f;
}

static NOINLINE void floats(float a, float b)
{
    mix_float(a + b), mix_float(a - b), mix_float(a * b), mix_float(a / (b * b + 1.0f));
    mix(a < b), mix(a > b), mix(a == b), mix(a != b), mix(-a < b);
    mix_float(__builtin_sqrtf(a * a + b * b));
    mix_float((float)(int32_t)next()), mix((uint32_t)(int32_t)((float)(int32_t)(next() >> 8) * 4.0f));
}

static NOINLINE void iterate(void)
{
    float matrix[4][4], sum = 0.0f;

    for (int row = 0; row < 4; row++)
        for (int column = 0; column < 4; column++)
            matrix[row][column] = (row == column ? 9.0f : 1.0f) / (float)(row + column + 1);
    for (int pivot = 0; pivot < 4; pivot++)
        for (int row = 0; row < 4; row++) {
            float factor = matrix[row][pivot] / matrix[pivot][pivot];
            if (row != pivot)
                for (int column = pivot; column < 4; column++)
                    matrix[row][column] -= factor * matrix[pivot][column];
        }
    for (int row = 0; row < 4; row++)
        sum += matrix[row][row], mix_float(matrix[row][row]);
    mix_float(sum);
    for (int step = 1; step < 20; step++)
        sum = 0.5f * (sum + (float)step / sum);
    mix_float(sum);
}

int main(void)
{
    for (int i = 0; i < 16; i++)
        multiply(next(), next() >> (i & 15));
    report("multiply ");
    for (int i = 0; i < 16; i++)
        divide(next(), next() >> (i & 15));
    report("divide   ");
    for (int i = 0; i < 16; i++)
        shift(next(), next());
    report("shift    ");
    for (int i = 0; i < 16; i++)
        compare(next() >> (i & 31), i & 3 ? next() : state >> (i & 31));
    report("compare  ");
    for (int i = 0; i < 16; i++)
        bytes(next(), next());
    report("bytes    ");
    for (int i = 0; i < 12; i++)
        floats(number(), number());
    report("floats   ");
    iterate();
    report("iterate  ");
    print("== end ==\n");
    return 0;
}
