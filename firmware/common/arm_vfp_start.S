/* ARM: as arm_start.S, with the floating-point unit switched on before main. */
        .syntax unified
        .arm
        .fpu    vfpv3
        .section .text.start, "ax"
        .global _start
        .type   _start, %function
_start:
        ldr     sp, =_stack_top
        mrc     p15, 0, r0, c1, c0, 2   @ CPACR: full access to coprocessors 10 and 11
        orr     r0, r0, #0x00F00000
        mcr     p15, 0, r0, c1, c0, 2
        isb
        mov     r0, #0x40000000         @ FPEXC.EN
        vmsr    fpexc, r0
        mov     r0, #0
        vmsr    fpscr, r0
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
