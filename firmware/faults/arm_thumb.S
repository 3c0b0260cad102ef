/* ARM, no exception handlers: an undefined instruction in Thumb state, in an IT block. */
        .syntax unified
        .arm
        .section .text.start, "ax"
        .global _start
        .type   _start, %function
_start:
        ldr     sp, =_stack_top
        mov     r0, #0
        bl      enter_thumb
        b       .
        .ltorg

        .global enter_thumb
        .type   enter_thumb, %function
enter_thumb:
        ldr     r0, =thumb_code
        bx      r0
        .ltorg
        .thumb
        .thumb_func
        .type   thumb_code, %function
thumb_code:
        movs    r0, #1
        itt     ne
        movne   r1, r0
        udfne   #1
        b       thumb_code
        .size   enter_thumb, . - enter_thumb
