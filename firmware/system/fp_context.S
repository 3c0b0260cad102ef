/* Saving and restoring the floating-point unit, and a task that uses all of its registers.
 *
 * In ARM or Thumb state, as the image is compiled. */
        .syntax unified
        .fpu    vfpv3
        .text

        .global fp_save
        .type   fp_save, %function
fp_save:
        vstmia  r0!, {d0-d15}
        vstmia  r0!, {d16-d31}
        vmrs    r1, fpscr
        str     r1, [r0]
        bx      lr

        .global fp_restore
        .type   fp_restore, %function
fp_restore:
        vldmia  r0!, {d0-d15}
        vldmia  r0!, {d16-d31}
        ldr     r1, [r0]
        vmsr    fpscr, r1
        bx      lr

/* fp_enable(on): FPEXC.EN; the register can be written while the unit is off. */
        .global fp_enable
        .type   fp_enable, %function
fp_enable:
        lsls    r0, r0, #30
        vmsr    fpexc, r0
        bx      lr

/* fp_sweep(registers, rounds): everything in registers while others run; returns the FPSCR.
 *
 * After each call of yield the first instruction of the unit is another one: in an IT block, a
 * transfer, arithmetic. */
        .global fp_sweep
        .type   fp_sweep, %function
fp_sweep:
        push    {r4, lr}
        vpush   {d8-d15}
        mov     r4, r0
        vldmia  r0!, {d0-d15}
        vldmia  r0!, {d16-d31}
1:      mov     r12, #1                 /* yield */
        svc     #0
        cmp     r4, r4
        itet    eq
        vaddeq.f64 d0, d0, d31
        vaddne.f64 d1, d1, d31
        vmuleq.f64 d2, d2, d30
        .irp    n, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29
        vadd.f64 d\n, d\n, d31
        .endr
        mov     r12, #1
        svc     #0
        vmov    r2, r3, d17
        vcvt.f32.f64 s2, d3
        vcvt.f64.f32 d4, s2
        .irp    n, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28
        vmul.f64 d\n, d\n, d30
        .endr
        eor     r2, r2, r3
        mov     r12, #1
        svc     #0
        vdiv.f64 d5, d5, d29
        vsqrt.f64 d19, d21
        vmov    s0, r2
        vcvt.f64.s32 d1, s0
        subs    r1, r1, #1
        bne     1b
        vstmia  r4!, {d0-d15}
        vstmia  r4!, {d16-d31}
        vmrs    r0, fpscr
        vpop    {d8-d15}
        pop     {r4, pc}
