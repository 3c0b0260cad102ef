/* ARM, no exception handlers: executes the permanently undefined instruction. */
        .syntax unified
        .arm
        .section .text.start, "ax"
        .global _start
        .type   _start, %function
_start:
        ldr     sp, =_stack_top
        mov     r0, #0
        bl      run_undefined
        b       .
        .ltorg

        .global run_undefined
        .type   run_undefined, %function
run_undefined:
        udf     #0x123
        bx      lr
        .size   run_undefined, . - run_undefined
