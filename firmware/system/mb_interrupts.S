/* Handlers of interrupts, breaks and exceptions that may be interrupted: all on one stack.
 *
 * Each saves what C destroys, its link register and the carry, and calls a function with the
 * address to return to. */
        .section .vectors.reset, "ax"
        brai    _start
        .section .vectors.user, "ax"
        brai    on_call
        .section .vectors.interrupt, "ax"
        brai    on_interrupt
        .section .vectors.break, "ax"
        brai    on_break
        .section .vectors.exception, "ax"
        brai    on_exception

        .text
        .macro  save link
        addik   r1, r1, -96
        swi     r3, r1, 32
        swi     r4, r1, 36
        swi     r5, r1, 40
        swi     r6, r1, 44
        swi     r7, r1, 48
        swi     r8, r1, 52
        swi     r9, r1, 56
        swi     r10, r1, 60
        swi     r11, r1, 64
        swi     r12, r1, 68
        swi     r15, r1, 72
        swi     r18, r1, 76
        swi     \link, r1, 80
        mfs     r18, rmsr
        swi     r18, r1, 84
        addk    r5, \link, r0
        addk    r6, r18, r0
        .endm

        .macro  restore link
        lwi     r18, r1, 84
        mts     rmsr, r18               /* the carry, and the masks as they were */
        lwi     r3, r1, 32
        lwi     r4, r1, 36
        lwi     r5, r1, 40
        lwi     r6, r1, 44
        lwi     r7, r1, 48
        lwi     r8, r1, 52
        lwi     r9, r1, 56
        lwi     r10, r1, 60
        lwi     r11, r1, 64
        lwi     r12, r1, 68
        lwi     r15, r1, 72
        lwi     r18, r1, 76
        lwi     \link, r1, 80
        .endm

on_interrupt:
        save    r14
        brlid   r15, interrupt
        nop
        restore r14
        rtid    r14, 0
        addik   r1, r1, 96

on_break:                               /* r16 is the address of the brki itself */
        save    r16
        brlid   r15, broken
        addk    r7, r0, r0
        restore r16
        rtbd    r16, 4
        addik   r1, r1, 96

on_exception:
        save    r17
        brlid   r15, excepted
        nop
        restore r17
        rted    r17, 0
        addik   r1, r1, 96

/* A call sets BIP, which a break does not. With r5 = 0 it is the end of in_user. */
on_call:
        beqi    r5, 1f
        save    r14
        brlid   r15, broken
        addik   r7, r0, 1
        restore r14
        rtbd    r14, 4
        addik   r1, r1, 96
1:      msrclr  r0, 0x8
        rtsd    r14, 4
        nop

/* in_user(function, argument): in user mode, with interrupts enabled. */
        .global in_user
        .type   in_user, @function
in_user:
        addik   r1, r1, -8
        swi     r15, r1, 0
        addk    r7, r5, r0
        addk    r5, r6, r0
        addik   r4, r0, 0x802           /* UM, IE */
        mts     rmsr, r4
        brald   r15, r7
        nop
        addk    r5, r0, r0
        brki    r14, 0x8
        lwi     r15, r1, 0
        rtsd    r15, 8
        addik   r1, r1, 8

/* break_here(): a software break. */
        .global break_here
        .type   break_here, @function
break_here:
        brki    r16, 0x18
        rtsd    r15, 8
        nop

/* call_here(): a call of the system. */
        .global call_here
        .type   call_here, @function
call_here:
        addik   r5, r0, 1
        brki    r14, 0x8
        rtsd    r15, 8
        nop

/* trap_here(): an exception, the illegal opcode's. */
        .global trap_here
        .type   trap_here, @function
trap_here:
        .long   0xFC000000
        rtsd    r15, 8
        nop

/* check_registers(where to write, what): the sum of all that an interrupt must keep. It is raised
 * by a store in a delay slot, and not taken before the branch, nor between imm and its instruction.
 */
        .global check_registers
        .type   check_registers, @function
check_registers:
        addik   r1, r1, -16
        swi     r19, r1, 4
        addik   r3, r0, 3
        addik   r4, r0, 5
        addik   r7, r0, 7
        addik   r8, r0, 11
        addik   r9, r0, 13
        addik   r10, r0, 17
        addik   r11, r0, 19
        addik   r12, r0, 23
        addik   r18, r0, 29
        addik   r19, r0, 31
        add     r19, r19, r19
        msrset  r0, 4                   /* carry */
        brid    1f
        swi     r6, r5, 0
        addik   r19, r19, 0x100
1:      addik   r18, r18, 0x12345678
        addc    r3, r3, r4
        mbar    1
        .irp    n, r7, r8, r9, r10, r11, r12, r18, r19
        addk    r3, r3, r3
        addk    r3, r3, \n
        .endr
        lwi     r19, r1, 4
        rtsd    r15, 8
        addik   r1, r1, 16
