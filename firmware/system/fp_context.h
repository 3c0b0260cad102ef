/* The floating-point unit's registers as a whole: see fp_context.S. */
#ifndef FP_CONTEXT_H
#define FP_CONTEXT_H

#include <stdint.h>

struct fp_context {
    double d[32];
    uint32_t fpscr, unused;
};

void fp_save(struct fp_context *to);
void fp_restore(const struct fp_context *from);
void fp_enable(int on);
uint32_t fp_sweep(double *registers, uint32_t rounds);

#endif
