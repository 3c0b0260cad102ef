/* ARM exception vectors: none is expected, so each ends the run with a code that names it. */
        .syntax unified
        .arm
        .set    SIMCTL_EXIT, 0x50000000

        .section .vectors, "ax"
        ldr     pc, =_start
        b       undefined_instruction
        b       supervisor_call
        b       prefetch_abort
        b       data_abort
        b       reserved_vector
        b       irq
        b       fiq

        .macro  ends_run name, code
        .type   \name, %function
\name:  mov     r0, #\code
        b       end_run
        .endm

        ends_run undefined_instruction, 101
        ends_run supervisor_call, 102
        ends_run prefetch_abort, 103
        ends_run data_abort, 104
        ends_run reserved_vector, 105
        ends_run irq, 106
        ends_run fiq, 107

        .type   end_run, %function
end_run:
        ldr     r1, =SIMCTL_EXIT
        str     r0, [r1]
        b       .
        .ltorg
