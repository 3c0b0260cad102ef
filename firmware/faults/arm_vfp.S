/* ARM, no exception handlers: adds two single-precision numbers without enabling the floating-point unit. */
        .syntax unified
        .arm
        .section .text.start, "ax"
        .global _start
        .type   _start, %function
_start:
        ldr     sp, =_stack_top
        mov     r0, #0
        bl      add_floats
        b       .
        .ltorg

        .global add_floats
        .type   add_floats, %function
add_floats:
        .fpu    vfpv3
        vadd.f32 s0, s1, s2
        bx      lr
        .size   add_floats, . - add_floats
