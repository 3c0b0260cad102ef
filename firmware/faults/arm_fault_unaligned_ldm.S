/* ARM, no exception handlers: LDM from an address that is not a multiple of four. */
        .syntax unified
        .arm
        .section .text.start, "ax"
        .global _start
        .type   _start, %function
_start:
        ldr     sp, =_stack_top
        mov     r0, #0
        bl      load_unaligned
        b       .
        .ltorg

        .global load_unaligned
        .type   load_unaligned, %function
load_unaligned:
        ldr     r0, =_start + 2
        ldm     r0, {r1, r2}
        bx      lr
        .ltorg
        .size   load_unaligned, . - load_unaligned
