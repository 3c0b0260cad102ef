/* MicroBlaze, no exception handlers: jumps to an address where nothing is, 0x20000000. */
        .section .text.start, "ax"
        .global _start
        .type   _start, @function
_start:
        la      r1, r0, _stack_top - 32
        addk    r3, r0, r0
        brlid   r15, jump_to_nothing
        nop
        bri     0

        .global jump_to_nothing
        .type   jump_to_nothing, @function
jump_to_nothing:
        la      r5, r0, 0x20000000
        bra     r5
        .size   jump_to_nothing, . - jump_to_nothing
