/* walk(hole, end of it): from ARM to Thumb state and back by each instruction that can, with a call
 * of the system at each step, and exceptions in Thumb state.
 *
 * The handler counts in r10. r6 collects what the other instructions of each step are to do. */
        .syntax unified
        .arm
        .text
        .global walk
        .type   walk, %function
walk:
        push    {r4-r11, lr}
        cps     #0x1f                   /* calls must not change its link register */
        mov     r5, r0
        mov     r9, r1
        mov     r10, #0
        mov     r6, #0
        svc     #0
        adr     r0, bx_there + 1        /* BX */
        bx      r0
        .thumb
        .balign 4
bx_there:
        svc     #0
        adr     r0, bx_back
        bx      r0
        .balign 4
        .arm
bx_back:
        svc     #0
        adr     r0, blx_there + 1       /* BLX by register */
        blx     r0
        svc     #0
        blx     blx_label               /* and by label */
        svc     #0
        b       load_there
        .thumb
        .balign 4
blx_there:
        svc     #0
        bx      lr
        .type   blx_label, %function
        .thumb_func
blx_label:
        mov     r7, lr
        svc     #0
        adr     r0, blx_arm
        blx     r0
        svc     #0
        blx     blx_arm_label
        svc     #0
        bx      r7
        .balign 4
        .arm
blx_arm:
        svc     #0
        bx      lr
        .type   blx_arm_label, %function
blx_arm_label:
        svc     #0
        mov     pc, lr                  /* MOV to the PC does so from ARM state */
load_there:
        adr     r0, load_back + 1       /* LDR */
        push    {r0}
        ldr     pc, [sp], #4
        .thumb
        .balign 4
load_back:
        svc     #0
        adr     r0, pop_there
        push    {r0}
        ldr     pc, [sp], #4
        .balign 4
        .arm
pop_there:
        svc     #0
        adr     r0, pop_back + 1        /* POP */
        push    {r0}
        pop     {pc}
        .thumb
        .balign 4
pop_back:
        svc     #0
        adr     r0, ldm_there
        movs    r1, #1
        push    {r0}
        push    {r1}
        pop     {r2, pc}
        .balign 4
        .arm
ldm_there:
        svc     #0
        adr     r0, ldm_back + 1        /* LDM */
        stmdb   sp!, {r0, r1}
        ldmda   sp, {r0}
        ldmia   sp!, {r0, r1}
        push    {r0}
        ldmia   sp!, {pc}
        .thumb
        .balign 4
ldm_back:
        svc     #0
        adr     r0, data_there
        push    {r0, r1}
        ldr     r1, [sp]
        str     r1, [sp, #4]
        ldmia.w sp!, {r0, pc}
        .balign 4
        .arm
data_there:
        svc     #0
        mov     r0, #1
        add     pc, pc, r0              /* arithmetic does, from ARM state */
        nop
        .thumb
        .balign 4
        svc     #0
        adr     r0, stays
        adds    r0, #1
        mov     pc, r0                  /* from Thumb state it does not, nor do these */
        .balign 4
stays:  svc     #0
        movs    r1, #1
        tbb     [pc, r1]
        .byte   (table_0 - .) / 2, (table_1 - . + 1) / 2
        .balign 4
table_0:
        udf     #9
        .balign 4
table_1:
        svc     #0
        cbz     r1, 1f
        cbnz    r1, exceptions
1:      udf     #9

/* Undefined, a call and aborts, alone and at each place of an IT block. */
exceptions:
        udf     #1
        udf.w   #1
        ldr     r1, [r5]
        str.w   r1, [r5, #4]
        movs    r1, #1
        cmp     r1, #1
        itete   eq
        addeq   r6, #1
        ldrne   r1, [r5]
        ldreq   r1, [r5, #8]
        addne   r6, #100
        cmp     r6, #1
        itttt   eq
        udfeq   #2
        addeq   r6, #2
        udfeq.w #2
        addeq   r6, #4
        cmp     r6, #7
        ittet   eq
        svceq   #0
        streq   r6, [r5, #12]
        addne   r6, #100
        addeq   r6, #8
        cmp     r6, #14
        itte    ne
        addne   r6, #16
        svcne   #0
        addeq   r6, #100
        mov     r0, sp
        subs    r0, #8
        movs    r1, #9
        stm     r0, {r1, r6}
        cmp     r1, #9
        itt     eq
        ldmeq   r5!, {r1, r2}           /* aborts: r5 stays */
        addeq   r6, #32
        sub     r9, #2                  /* a wide instruction of which the second half is missing */
        movw    r0, #0xf3af             /* NOP.W */
        strh    r0, [r9]
        adr     r7, walked
        adds    r7, #1
        adds    r0, r7, #0
        mov     r0, r9
        adds    r0, #1
        bx      r0
        .balign 4
walked: svc     #0
        subs    r5, #1
        adr     r7, home                /* a branch to where nothing is, in Thumb state */
        bx      r5
        .balign 4
        .arm
home:   svc     #0
        cps     #0x13
        mov     r0, r6
        pop     {r4-r11, pc}

/* Vectors in Thumb state, as SCTLR.TE asks for. */
        .thumb
        .global thumb_vectors
        .balign 32
thumb_vectors:
        b.w     .
        b.w     in_undefined
        b.w     in_svc
        b.w     in_prefetch
        b.w     in_data
        b.w     .
        b.w     .
        b.w     .

        .macro  enter kind, mode
        srsdb   sp!, #\mode
        push    {r0-r12}
        mov     r0, #\kind
        mov     r1, sp
        mrs     r2, cpsr
        mov     r4, sp
        bic     r3, r4, #7
        mov     sp, r3
        bl      handle
        mov     sp, r4
        .endm

        .macro  leave_by_subs
        ldr     r1, [sp, #52]
        ldr     r0, [sp, #56]
        mov     lr, r1
        msr     spsr_cxsf, r0
        pop     {r0-r12}
        add     sp, #8
        subs    pc, lr, #0
        .endm

in_undefined:
        enter   4, 0x1b
        pop     {r0-r12}
        rfeia   sp!
in_svc:
        enter   0, 0x13
        leave_by_subs
in_prefetch:
        enter   2, 0x17
        leave_by_subs
in_data:
        enter   1, 0x17
        pop     {r0-r12}
        rfeia   sp!
