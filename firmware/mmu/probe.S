/* Accesses that may fault, from C: each returns 0, or which abort it was, with the fault registers
 * in `probe`. Every handler comes back here, to the caller of the access, in Supervisor mode. */
        .syntax unified
        .arm
        .text

        .global probe_vectors
        .balign 32
probe_vectors:
        b       .
        b       on_undefined
        b       on_svc
        b       on_prefetch
        b       on_data
        b       .
        b       .
        b       .

on_undefined:
        mov     r0, #4
        b       back
on_svc:
        mov     r0, #0
        b       back
on_prefetch:
        mov     r0, #2
        b       back
on_data:
        mov     r0, #1
back:
        ldr     r1, =probe
        mrs     r3, spsr
        str     lr, [r1, #4]            /* where it was */
        str     r3, [r1, #8]            /* and in which state */
        mrc     p15, 0, r2, c5, c0, 0   /* DFSR */
        str     r2, [r1, #12]
        mrc     p15, 0, r2, c6, c0, 0   /* DFAR */
        str     r2, [r1, #16]
        mrc     p15, 0, r2, c5, c0, 1   /* IFSR */
        str     r2, [r1, #20]
        mrc     p15, 0, r2, c6, c0, 2   /* IFAR */
        str     r2, [r1, #24]
        cps     #0x13
        ldr     sp, [r1]
        pop     {r4-r11, pc}
        .ltorg

        .macro  begin name
        .global \name
        .type   \name, %function
\name:
        push    {r4-r11, lr}
        ldr     r2, =probe
        str     sp, [r2]
        .endm

        .macro  finish
        mov     r0, #0
        pop     {r4-r11, pc}
        .ltorg
        .endm

        begin   probe_load              /* (address) */
        ldr     r3, [r0]
        str     r3, [r2, #28]
        finish

        begin   probe_store             /* (address, word) */
        str     r1, [r0]
        finish

        begin   probe_load_user
        ldrt    r3, [r0]
        str     r3, [r2, #28]
        finish

        begin   probe_store_user
        strt    r1, [r0]
        finish

        begin   probe_fetch             /* (address): there is `svc 0` if anything */
        bx      r0
        .ltorg

        begin   probe_fetch_user
        mov     r3, #0xd0               /* User mode, interrupts masked */
        msr     spsr_cxsf, r3
        movs    pc, r0
        .ltorg

        begin   probe_load_pair
        ldrd    r4, r5, [r0]
        str     r4, [r2, #28]
        finish

        begin   probe_load_multiple
        ldm     r0, {r4, r5, r6}
        str     r6, [r2, #28]
        finish

        begin   probe_load_half
        ldrh    r3, [r0]
        str     r3, [r2, #28]
        finish

        begin   probe_store_half
        strh    r1, [r0]
        finish

        begin   probe_load_exclusive
        ldrex   r3, [r0]
        clrex
        str     r3, [r2, #28]
        finish

        begin   probe_undefined
        udf     #0
        finish
