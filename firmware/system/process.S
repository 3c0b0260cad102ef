/* The processes of spaces.c, in User mode: r0 number, r1-r3 addresses; and the way in. */
        .syntax unified
        .arm
        .text
        .global program_start
        .type   program_start, %function
program_start:
        mov     r8, r0
        mov     r9, r1
        mov     r10, r2
        mov     r11, r3
        mov     r6, #0
1:      ldr     r4, [r9]                /* own counter: 1 or 2 more */
        add     r4, r4, #1
        add     r4, r4, r8
        str     r4, [r9]
        ldr     r5, [r10]               /* the shared one */
        add     r5, r5, #1
        str     r5, [r10]
        push    {r4, r5}
        svc     #1                      /* yield */
        pop     {r4, r5}
        ldr     r0, [r9]
        mov     r1, r5
        ldr     r2, [r11]
        svc     #2                      /* print */
        mov     r0, r6
        svc     #4                      /* remap */
        add     r6, r6, #1
        cmp     r6, #6
        blt     1b
        ldr     r0, =0x70000000         /* a hole */
        ldr     r0, [r0]
        mov     r0, #0x10000000         /* the kernel's */
        str     r0, [r0]
        ldr     r0, =0x08300000         /* nothing to execute */
        adr     r7, 2f
        bx      r0
2:      svc     #3                      /* exit */
        .ltorg

        .global enter_user
        .type   enter_user, %function
enter_user:
        ldm     r1, {sp, lr}^
        nop
        ldr     r2, [r0, #56]
        msr     spsr_cxsf, r2
        ldr     lr, [r0, #52]
        ldm     r0, {r0-r12}
        movs    pc, lr

/* user_registers(sp and lr, whether to restore them) */
        .global user_registers
        .type   user_registers, %function
user_registers:
        cmp     r1, #0
        stmeq   r0, {sp, lr}^
        ldmne   r0, {sp, lr}^
        nop
        bx      lr
