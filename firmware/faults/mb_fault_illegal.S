/* MicroBlaze, no exception handlers: executes an opcode the instruction set does not have, 0xFC000000. */
        .section .text.start, "ax"
        .global _start
        .type   _start, @function
_start:
        la      r1, r0, _stack_top - 32
        addk    r3, r0, r0
        brlid   r15, run_illegal
        nop
        bri     0

        .global run_illegal
        .type   run_illegal, @function
run_illegal:
        .word   0xFC000000
        rtsd    r15, 8
        nop
        .size   run_illegal, . - run_illegal
