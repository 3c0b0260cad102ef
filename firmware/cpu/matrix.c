/* Integer matrices: products of words and of half words into 64 bits, transposition, a filter. */
#include "cpu.h"

enum { N = 20 };

const char program[] = "matrix";
volatile u32 rounds = 47000;

static u32 a[N][N], b[N][N], c[N][N]; /* signed numbers, modulo 2**32 */
static int16_t narrow[N][N];

void prepare(void)
{
    u32 state = 0xC0FFEE;

    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = random32(&state) >> 16;
            b[i][j] = random32(&state);
            narrow[i][j] = (int16_t)random32(&state);
        }
}

static NOINLINE void product(void)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            u32 sum = 0;

            for (int k = 0; k < N; k++)
                sum += a[i][k] * b[k][j];
            c[i][j] = sum;
        }
}

static NOINLINE s64 trace_of_narrow(void)
{
    s64 sum = 0;

    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++)
            sum += (s64)narrow[i][k] * (s32)c[k][i];
    return sum;
}

static NOINLINE void transpose(void)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < i; j++) {
            u32 kept = c[i][j];

            c[i][j] = c[j][i];
            c[j][i] = kept;
        }
}

/* A 3 by 3 binomial filter into a, back to 16 bits. */
static NOINLINE void smooth(void)
{
    for (int i = 1; i < N - 1; i++)
        for (int j = 1; j < N - 1; j++) {
            u32 sum = 4 * c[i][j];

            sum += 2 * (c[i - 1][j] + c[i + 1][j] + c[i][j - 1] + c[i][j + 1]);
            sum += c[i - 1][j - 1] + c[i - 1][j + 1] + c[i + 1][j - 1] + c[i + 1][j + 1];
            a[i][j] = (u32)(int16_t)(sum >> 4);
        }
}

u32 work(u32 seed)
{
    s64 trace;

    a[seed % N][0] = seed;
    product();
    trace = trace_of_narrow();
    transpose();
    smooth();
    return (u32)trace ^ (u32)(trace >> 32);
}
