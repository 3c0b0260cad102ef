/* ARM: from reset or a loader's jump to main, then a branch to itself. */
        .syntax unified
        .arm
        .section .text.start, "ax"
        .global _start
        .type   _start, %function
_start:
        ldr     sp, =_stack_top
        ldr     r0, =__bss_start
        ldr     r1, =__bss_end
        mov     r2, #0
1:      cmp     r0, r1
        strlo   r2, [r0], #4
        blo     1b
        bl      main
        .global _end_of_program
        .type   _end_of_program, %function
_end_of_program:
        b       .
        .ltorg
