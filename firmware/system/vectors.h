/* What handlers in C get: see vectors.S. */
#ifndef VECTORS_H
#define VECTORS_H

#include <stdint.h>

enum kind { SVC, DATA_ABORT_TAKEN, PREFETCH_ABORT_TAKEN, UNDEFINED_TAKEN = 4 };

struct frame {
    uint32_t r[13], pc, cpsr;
};

extern char frame_vectors[];
void set_stacks(void);
void handle(enum kind kind, struct frame *frame, uint32_t cpsr);

#endif
