/* The mailbox the ARM and the MicroBlaze share, and what both know of the exchange.
 *
 * All words are zero before the run and little-endian. Round n (from 1): the ARM writes kind and
 * value, then the request number n; the MicroBlaze writes its answer, then the answer number n.
 * Whoever owes the other the next number owns the UART, so whole lines never interleave. */
#ifndef MAILBOX_H
#define MAILBOX_H

#include <stdint.h>

#define MAILBOX 0x13000000u
#define SIMCTL 0x50000000u

enum { /* mailbox words */
    REQUEST_NUMBER = MAILBOX + 0x00,
    REQUEST_KIND = MAILBOX + 0x04,
    REQUEST_VALUE = MAILBOX + 0x08,
    ANSWER_NUMBER = MAILBOX + 0x40,
    ANSWER_VALUE = MAILBOX + 0x44,
};

enum { /* kinds of request */
    HELLO = 1, /* say who you are */
    WORK,      /* answer work(value) and add both to the checksum */
    REPORT,    /* print a progress line; the answer is the checksum so far */
    FINISH,    /* print the last line; the answer is the checksum */
};

enum { SIMCTL_EXIT = 0x0, SIMCTL_TIME_LOW = 0x8, SIMCTL_TIME_HIGH = 0xC };
enum { ROUNDS = 1000, ROUNDS_PER_REPORT = 250 };

/* What the MicroBlaze is asked to compute: shift, multiply, divide, as compilers emit them. */
static inline uint32_t work(uint32_t value)
{
    uint32_t shift = value & 31u;
    uint32_t rotated = (value << shift) | (value >> (-shift & 31u));

    return rotated * 2654435761u + value / ((shift << 4) + 3u);
}

static inline uint32_t add_to_checksum(uint32_t checksum, uint32_t word)
{
    return ((checksum << 5) | (checksum >> 27)) ^ (word + 0x9E3779B9u);
}

/* Print one whole line, made by vsnprintf, on the UART. */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

#endif
