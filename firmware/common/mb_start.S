/* MicroBlaze: from reset or a loader's jump to main, then a branch to itself. */
        .section .text.start, "ax"
        .global _start
        .ent    _start
        .type   _start, @function
_start:
        la      r13, r0, _SDA_BASE_
        la      r2, r0, _SDA2_BASE_
        la      r1, r0, _stack_top - 32 /* room for what main may store of its arguments */
        la      r6, r0, __bss_start
        la      r7, r0, __bss_end
        rsub    r18, r6, r7
        blei    r18, 2f
1:      swi     r0, r6, 0
        addi    r6, r6, 4
        rsub    r18, r6, r7
        bgti    r18, 1b
2:      brlid   r15, main
        nop
        .global _end_of_program
        .type   _end_of_program, @function
_end_of_program:
        bri     0
        .end    _start
