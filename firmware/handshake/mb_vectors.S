/* MicroBlaze vectors: only reset is expected, so each other ends the run with a code naming it. */
        .set    SIMCTL_EXIT, 0x50000000

        .section .vectors.reset, "ax"
        brai    _start
        .section .vectors.user, "ax"
        brai    user_vector
        .section .vectors.interrupt, "ax"
        brai    interrupt
        .section .vectors.break, "ax"
        brai    break_vector
        .section .vectors.exception, "ax"
        brai    hardware_exception

        .section .text, "ax"
        .macro  ends_run name, code
        .type   \name, @function
\name:  addik   r3, r0, \code
        bri     end_run
        .endm

        ends_run user_vector, 201
        ends_run interrupt, 202
        ends_run break_vector, 203
        ends_run hardware_exception, 204

        /* simctl's registers are little-endian */
        .type   end_run, @function
end_run:
        la      r4, r0, SIMCTL_EXIT
#ifdef __LITTLE_ENDIAN__
        swi     r3, r4, 0
#else
        swr     r3, r4, r0
#endif
        bri     0
