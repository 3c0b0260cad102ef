/* MicroBlaze, no exception handlers: loads from an address where nothing is, 0x20000004. */
        .section .text.start, "ax"
        .global _start
        .type   _start, @function
_start:
        la      r1, r0, _stack_top - 32
        addk    r3, r0, r0
        brlid   r15, poke_nothing
        nop
        bri     0

        .global poke_nothing
        .type   poke_nothing, @function
poke_nothing:
        la      r5, r0, 0x20000004
        lwi     r3, r5, 0
        rtsd    r15, 8
        nop
        .size   poke_nothing, . - poke_nothing
