/* The MicroBlaze's half: waits for requests, answers them, keeps its own checksum. */
#include "access.h"
#include "mailbox.h"

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define BYTE_ORDER_NAME "big"
#else
#define BYTE_ORDER_NAME "little"
#endif

int main(void)
{
    uint32_t checksum = 0, rounds = 0, kind = 0;

    for (uint32_t number = 1; kind != FINISH; number++) {
        uint32_t value, answer;

        while (shared_read(REQUEST_NUMBER) != number) {
        }
        memory_barrier();
        kind = shared_read(REQUEST_KIND);
        value = shared_read(REQUEST_VALUE);
        answer = checksum;
        switch (kind) {
        case HELLO:
            say("mb0:  hello from %s, %s-endian, newlib %%f says e = %f", "MicroBlaze",
                BYTE_ORDER_NAME, 2.71828182845905);
            break;
        case WORK:
            answer = work(value);
            checksum = add_to_checksum(add_to_checksum(checksum, value), answer);
            rounds++;
            break;
        case REPORT:
            say("mb0:  %4lu rounds answered, checksum 0x%08lx", (unsigned long)rounds,
                (unsigned long)checksum);
            break;
        case FINISH:
            say("mb0:  done, %.1f%% of %lu rounds answered", 100.0 * rounds / value,
                (unsigned long)value);
            break;
        }
        shared_write(ANSWER_VALUE, answer);
        memory_barrier();
        shared_write(ANSWER_NUMBER, number);
    }
    return 0;
}
