/* The floating-point unit as a compiler uses it: results and the FPSCR's flags, in hexadecimal. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array)  (sizeof(array) / sizeof((array)[0]))
#define NOINLINE __attribute__((noinline))
#define CONTROL_MODES 16 /* DN, FZ and RMode: FPSCR[25:22] */

static uint32_t get_fpscr(void)
{
    uint32_t word;

    __asm__ volatile("vmrs %0, fpscr" : "=r"(word) : : "memory");
    return word;
}

static void set_fpscr(uint32_t word)
{
    __asm__ volatile("vmsr fpscr, %0" : : "r"(word) : "memory");
}

static const uint32_t single_bits[] = {
    0x00000000, 0x80000001, 0x007FFFFF, 0x00800000, 0x33800000, 0x3F800000, 0xBFC00000,
    0x3EAAAAAB, 0x4B7FFFFF, 0x4F000000, 0x7F7FFFFF, 0x7F800000, 0x7FC01234, 0xFFA00001,
};
static const uint64_t double_bits[] = {
    0x0000000000000000, 0x8000000000000001, 0x000FFFFFFFFFFFFF, 0x0010000000000000,
    0x36A0000000000001, 0x3FF0000000000000, 0xBFF8000000000000, 0x3FD5555555555555,
    0x41DFFFFFFFE00000, 0x47EFFFFFF0000000, 0x7FEFFFFFFFFFFFFF, 0x7FF0000000000000,
    0x7FF8123456789ABC, 0xFFF4000000000001,
};

static uint64_t hash;

static void mix(uint64_t word)
{
    hash = (hash << 7 | hash >> 57) * 0x9E3779B97F4A7C15 + word;
}

static void mix_single(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    mix(bits);
}

static void mix_double(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    mix(bits);
}

static NOINLINE void singles(float a, float b, float c)
{
    int32_t whole;
    uint32_t positive;

    mix_single(a + b), mix_single(a - b), mix_single(a * b), mix_single(a / b);
    mix_single(c + a * b), mix_single(c - a * b), mix_single(a * b - c), mix_single(-c - a * b);
    mix_single(-(a * b)), mix_single(fabsf(a)), mix_single(-b), mix_double(a);
    mix(a < b), mix(a <= b), mix(a == b), mix(a != b), mix(a > b), mix(a >= 0), mix(b != 0);
    __asm__("vsqrt.f32 %0, %1" : "=t"(c) : "t"(b));
    mix_single(c);
    whole = (int32_t)a, positive = (uint32_t)b;
    mix((uint32_t)whole), mix(positive), mix_single((float)whole), mix_single((float)positive);
}

static NOINLINE void doubles(double a, double b, double c)
{
    int32_t whole;
    uint32_t positive;

    mix_double(a + b), mix_double(a - b), mix_double(a * b), mix_double(a / b);
    mix_double(c + a * b), mix_double(c - a * b), mix_double(a * b - c), mix_double(-c - a * b);
    mix_double(-(a * b)), mix_double(fabs(a)), mix_double(-b), mix_single((float)a);
    mix(a < b), mix(a <= b), mix(a == b), mix(a != b), mix(a > b), mix(a >= 0), mix(b != 0);
    __asm__("vsqrt.f64 %P0, %P1" : "=w"(c) : "w"(b));
    mix_double(c);
    whole = (int32_t)a, positive = (uint32_t)b;
    mix((uint32_t)whole), mix(positive), mix_double(whole), mix_double(positive);
}

static void in_mode(uint32_t mode)
{
    uint32_t flags = 0;

    hash = mode;
    for (unsigned i = 0; i < COUNT(single_bits); i++) {
        for (unsigned j = i % 2; j < COUNT(single_bits); j += 2) {
            float a, b, c;
            double x, y, z;

            memcpy(&a, &single_bits[i], 4), memcpy(&b, &single_bits[j], 4);
            memcpy(&c, &single_bits[(i + 3 * j) % COUNT(single_bits)], 4);
            memcpy(&x, &double_bits[i], 8), memcpy(&y, &double_bits[j], 8);
            memcpy(&z, &double_bits[(i + 3 * j) % COUNT(double_bits)], 8);
            set_fpscr(mode << 22);
            singles(a, b, c);
            flags = get_fpscr() & 0x9F;
            mix(flags);
            set_fpscr(mode << 22);
            doubles(x, y, z);
            flags = get_fpscr() & 0x9F;
            set_fpscr(0);
            mix(flags);
        }
    }
    printf("mode %2u: %08lx%08lx flags %02lx\n", (unsigned)mode, (unsigned long)(hash >> 32),
           (unsigned long)hash, (unsigned long)flags);
}

static NOINLINE double sum_of_eight(double a, float b, double c, float d, double e, float f,
                                    double g, float h)
{
    return a - b + c - d + e - f + g - h;
}

static double series(double x)
{
    double term = 1, sum = 1;

    for (int n = 1; n < 25; n++)
        term = term * x / n, sum += term;
    return sum;
}

int main(void)
{
    double e = series(1);
    uint64_t bits;

    memcpy(&bits, &e, sizeof bits);
    printf("e = %.15f %08lx%08lx\n", e, (unsigned long)(bits >> 32), (unsigned long)bits);
    printf("%a %g %.3e %f\n", series(-1), series(10), series(0.125), (double)(float)series(2));
    printf("sum = %.6f\n", sum_of_eight(1, 2, 4, 8, 16, 32, 64, 0.125f));
    for (uint32_t mode = 0; mode < CONTROL_MODES; mode += MODE_STEP)
        in_mode(mode);
    puts("== end ==");
    return 0;
}
