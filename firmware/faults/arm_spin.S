/* ARM, no exception handlers: counts for ever: a loop that never waits and is no branch to itself. */
        .syntax unified
        .arm
        .section .text.start, "ax"
        .global _start
        .type   _start, %function
_start:
        ldr     sp, =_stack_top
        mov     r0, #0
        bl      count_for_ever
        b       .
        .ltorg

        .global count_for_ever
        .type   count_for_ever, %function
count_for_ever:
        add     r0, r0, #1
        b       count_for_ever
        .size   count_for_ever, . - count_for_ever
