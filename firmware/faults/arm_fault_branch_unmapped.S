/* ARM, no exception handlers: jumps to an address where nothing is, 0x20000000. */
        .syntax unified
        .arm
        .section .text.start, "ax"
        .global _start
        .type   _start, %function
_start:
        ldr     sp, =_stack_top
        mov     r0, #0
        bl      jump_to_nothing
        b       .
        .ltorg

        .global jump_to_nothing
        .type   jump_to_nothing, %function
jump_to_nothing:
        mov     r0, #0x20000000
        bx      r0
        .size   jump_to_nothing, . - jump_to_nothing
