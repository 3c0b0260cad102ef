/* The ARM's half: asks 1000 times, checks every answer, compares checksums, ends the run. */
#include "access.h"
#include "mailbox.h"

enum { EXIT_AGREED = 0, EXIT_CHECKSUMS_DIFFER = 1, EXIT_WRONG_ANSWERS = 2 };

static uint32_t number;

static uint32_t ask(uint32_t kind, uint32_t value)
{
    number++;
    shared_write(REQUEST_KIND, kind);
    shared_write(REQUEST_VALUE, value);
    memory_barrier();
    shared_write(REQUEST_NUMBER, number);
    while (shared_read(ANSWER_NUMBER) != number) {
    }
    memory_barrier();
    return shared_read(ANSWER_VALUE);
}

static uint64_t simulated_ns(void)
{
    uint32_t low = device_read(SIMCTL + SIMCTL_TIME_LOW); /* latches the high half */

    return (uint64_t)device_read(SIMCTL + SIMCTL_TIME_HIGH) << 32 | low;
}

int main(void)
{
    uint32_t value = 0x2015u, checksum = 0, wrong = 0, theirs;

    say("arm0: hello from %s, newlib %%f says pi = %f", "ARM Cortex-A9", 3.14159265358979);
    ask(HELLO, 0);
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        value ^= value << 13;
        value ^= value >> 17;
        value ^= value << 5;
        uint32_t answer = ask(WORK, value);
        wrong += answer != work(value);
        checksum = add_to_checksum(add_to_checksum(checksum, value), answer);
        if (round % ROUNDS_PER_REPORT == 0) {
            say("arm0: %4lu rounds asked, checksum 0x%08lx", (unsigned long)round,
                (unsigned long)checksum);
            wrong += ask(REPORT, round) != checksum;
        }
    }
    theirs = ask(FINISH, ROUNDS);
    say("arm0: %d rounds in %.3f ms of simulated time", ROUNDS, (double)simulated_ns() / 1e6);

    int code = theirs != checksum ? EXIT_CHECKSUMS_DIFFER : wrong ? EXIT_WRONG_ANSWERS : EXIT_AGREED;
    if (code == EXIT_AGREED)
        say("result: PASS, both cores agree on checksum 0x%08lx", (unsigned long)checksum);
    else
        say("result: FAIL, arm0 0x%08lx, mb0 0x%08lx, %lu wrong answers", (unsigned long)checksum,
            (unsigned long)theirs, (unsigned long)wrong);
    device_write(SIMCTL + SIMCTL_EXIT, (uint32_t)code);
    return 0;
}
