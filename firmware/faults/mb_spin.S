/* MicroBlaze, no exception handlers: counts for ever: a loop that never waits and is no branch to itself. */
        .section .text.start, "ax"
        .global _start
        .type   _start, @function
_start:
        la      r1, r0, _stack_top - 32
        addk    r3, r0, r0
        brlid   r15, count_for_ever
        nop
        bri     0

        .global count_for_ever
        .type   count_for_ever, @function
count_for_ever:
        addik   r3, r3, 1
        bri     count_for_ever
        .size   count_for_ever, . - count_for_ever
