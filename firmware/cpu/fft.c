/* A fast Fourier transform of 256 points in 16-bit fixed point, a window and a power spectrum. */
#include "cpu.h"

enum { LOG = 8, POINTS = 1 << LOG, ONE = 1 << 15 };

const char program[] = "fft";
volatile u32 rounds = 34000;

typedef struct { int16_t re, im; } Complex;

static Complex turns[POINTS / 2]; /* exp(-2 pi i k / POINTS) */
static int16_t window[POINTS];
static Complex points[POINTS];
static u8 reversed[POINTS];

static s32 scaled(s32 a, s32 b)
{
    return (a * b + ONE / 2) >> 15;
}

static int16_t clamp(s32 value)
{
    return (int16_t)(value > 32767 ? 32767 : value < -32768 ? -32768 : value);
}

/* The sine of a quarter turn's part (0..POINTS/4), by its Taylor polynomial in 2.30. */
static s32 sine(int part)
{
    const u64 quarter = 1686629713; /* pi/2 */
    u32 x = (u32)(quarter * (u32)part / (POINTS / 4)), square = (u32)((u64)x * x >> 30);
    u32 term = x, sum = x;

    for (u32 n = 2; n < 12; n += 2) {
        term = (u32)((u64)term * square >> 30) / (n * (n + 1));
        sum += n & 2 ? -term : term;
    }
    return (s32)(sum >> 15);
}

void prepare(void)
{
    for (int k = 0; k < POINTS / 4; k++) {
        turns[k].re = clamp(sine(POINTS / 4 - k));
        turns[k].im = clamp(-sine(k));
        turns[k + POINTS / 4].re = turns[k].im;
        turns[k + POINTS / 4].im = (int16_t)-turns[k].re;
    }
    for (int k = 0; k < POINTS; k++) {
        int up = k < POINTS / 2 ? k : POINTS - 1 - k;

        window[k] = (int16_t)(up * (ONE / (POINTS / 2))); /* a triangle */
        for (int bit = 0; bit < LOG; bit++)
            reversed[k] |= (u8)((k >> bit & 1) << (LOG - 1 - bit));
    }
}

static NOINLINE void transform(Complex *data)
{
    for (int i = 0; i < POINTS; i++) {
        int j = reversed[i];

        if (i < j) {
            Complex kept = data[i];

            data[i] = data[j];
            data[j] = kept;
        }
    }
    for (int half = 1, step = POINTS / 2; half < POINTS; half *= 2, step /= 2) {
        for (int k = 0; k < half; k++) {
            s32 re = turns[k * step].re, im = turns[k * step].im;

            for (Complex *low = data + k; low < data + POINTS; low += 2 * half) {
                Complex *high = low + half;
                s32 x = scaled(high->re, re) - scaled(high->im, im);
                s32 y = scaled(high->re, im) + scaled(high->im, re);
                s32 a = low->re, b = low->im;

                high->re = clamp((a - x) >> 1);
                high->im = clamp((b - y) >> 1);
                low->re = clamp((a + x) >> 1);
                low->im = clamp((b + y) >> 1);
            }
        }
    }
}

u32 work(u32 seed)
{
    u32 state = seed | 1, sum = 0, phase = 0, step = seed >> 4;

    for (int i = 0; i < POINTS; i++) {
        s32 noise = (s32)random32(&state) >> 20, tooth = (s32)phase >> 17;

        points[i].re = clamp(scaled(tooth + noise, window[i]));
        points[i].im = 0;
        phase += step;
    }
    transform(points);
    for (int i = 0; i < POINTS / 2; i++)
        sum = mix(sum, (u32)(points[i].re * points[i].re) + (u32)(points[i].im * points[i].im));
    return sum;
}
