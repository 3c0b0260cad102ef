/* Single-precision floating point: bodies that attract each other, and a filter over their paths. */
#include <string.h>

#include "cpu.h"

enum { BODIES = 5, STEPS = 20, TAPS = 8 };

const char program[] = "orbit";
volatile u32 rounds = 17000;

struct body {
    float x, y, z, vx, vy, vz, mass;
};

static struct body bodies[BODIES];
static float history[TAPS], taps[TAPS];

void prepare(void)
{
    u32 state = 0x5EED;

    for (int i = 0; i < BODIES; i++) {
        struct body *one = &bodies[i];
        float *number = &one->x;

        for (int k = 0; k < 6; k++)
            number[k] = (float)(s32)(random32(&state) >> 16) / 32768.0f - 1.0f;
        one->mass = 1.0f + (float)i;
    }
    for (int k = 0; k < TAPS; k++)
        taps[k] = 1.0f / (float)(k + 2);
}

static NOINLINE void step(float dt)
{
    for (int i = 0; i < BODIES; i++)
        for (int j = i + 1; j < BODIES; j++) {
            struct body *a = &bodies[i], *b = &bodies[j];
            float dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            float square = dx * dx + dy * dy + dz * dz + 0.01f;
            float pull = dt / (square * __builtin_sqrtf(square));

            a->vx -= dx * b->mass * pull;
            a->vy -= dy * b->mass * pull;
            a->vz -= dz * b->mass * pull;
            b->vx += dx * a->mass * pull;
            b->vy += dy * a->mass * pull;
            b->vz += dz * a->mass * pull;
        }
    for (int i = 0; i < BODIES; i++) {
        bodies[i].x += dt * bodies[i].vx;
        bodies[i].y += dt * bodies[i].vy;
        bodies[i].z += dt * bodies[i].vz;
    }
}

static NOINLINE float filter(float next)
{
    float sum = 0;

    for (int k = TAPS - 1; k > 0; k--) {
        history[k] = history[k - 1];
        sum += history[k] * taps[k];
    }
    history[0] = next;
    return sum + next * taps[0];
}

static u32 bits_of(float number)
{
    u32 word;

    memcpy(&word, &number, sizeof word);
    return word;
}

u32 work(u32 seed)
{
    float path = 0;

    bodies[0].vx += (float)(seed & 15) * 1e-4f;
    for (int k = 0; k < STEPS; k++) {
        step(0.001f);
        path += filter(bodies[k % BODIES].x);
    }
    return bits_of(path);
}
