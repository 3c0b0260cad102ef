/* ARM, no exception handlers: loads from an address where nothing is, 0x20000004. */
        .syntax unified
        .arm
        .section .text.start, "ax"
        .global _start
        .type   _start, %function
_start:
        ldr     sp, =_stack_top
        mov     r0, #0
        bl      poke_nothing
        b       .
        .ltorg

        .global poke_nothing
        .type   poke_nothing, %function
poke_nothing:
        ldr     r0, =0x20000004
        ldr     r1, [r0]
        bx      lr
        .ltorg
        .size   poke_nothing, . - poke_nothing
