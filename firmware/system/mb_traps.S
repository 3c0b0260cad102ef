/* Traps of the system programs: save r3..r18 and r31, call trap(), go on where it says. */
        .section .vectors.reset, "ax"
        brai    _start
        .section .vectors.user, "ax"
        brai    system_call
        .section .vectors.interrupt, "ax"
        bri     0
        .section .vectors.break, "ax"
        bri     0
        .section .vectors.exception, "ax"
        brai    exception

        .text
/* A system call returns in privileged real mode behind the brki. */
system_call:
        msrclr  r0, 0x8
        rtsd    r14, 4
        nop

exception:
        swi     r1, r0, saved + 4
        swi     r3, r0, saved + 12
        swi     r4, r0, saved + 16
        swi     r5, r0, saved + 20
        swi     r6, r0, saved + 24
        swi     r7, r0, saved + 28
        swi     r8, r0, saved + 32
        swi     r9, r0, saved + 36
        swi     r10, r0, saved + 40
        swi     r11, r0, saved + 44
        swi     r12, r0, saved + 48
        swi     r15, r0, saved + 60
        swi     r18, r0, saved + 72
        swi     r19, r0, saved + 76
        mfs     r3, rmsr
        swi     r3, r0, saved
        la      r1, r0, trap_stack_top - 32
        mfs     r5, resr
        mfs     r6, rear
        mfs     r7, rbtr
        addk    r8, r17, r0
        brlid   r15, trap
        nop
        addk    r17, r3, r0
        lwi     r3, r0, saved
        andi    r4, r3, 4               /* the carry again */
        beqi    r4, 1f
        msrset  r0, 4
        bri     2f
1:      msrclr  r0, 4
2:      lwi     r1, r0, saved + 4
        lwi     r3, r0, saved + 12
        lwi     r4, r0, saved + 16
        lwi     r5, r0, saved + 20
        lwi     r6, r0, saved + 24
        lwi     r7, r0, saved + 28
        lwi     r8, r0, saved + 32
        lwi     r9, r0, saved + 36
        lwi     r10, r0, saved + 40
        lwi     r11, r0, saved + 44
        lwi     r12, r0, saved + 48
        lwi     r15, r0, saved + 60
        lwi     r18, r0, saved + 72
        lwi     r19, r0, saved + 76
        rted    r17, 0
        nop

/* unsigned in_mode(unsigned msr, unsigned (*function)(unsigned), unsigned argument) */
        .global in_mode
        .type   in_mode, @function
in_mode:
        addik   r1, r1, -8
        swi     r15, r1, 0
        swi     r19, r1, 4
        mfs     r19, rmsr
        mts     rmsr, r5
        addk    r5, r7, r0
        brald   r15, r6
        nop
        brki    r14, 0x8
        mts     rmsr, r19
        lwi     r15, r1, 0
        lwi     r19, r1, 4
        rtsd    r15, 8
        addik   r1, r1, 8

/* The branches whose delay slots trap; each returns r3. */
        .global load_in_slot
        .type   load_in_slot, @function
load_in_slot:                           /* (address): 7 if the branch was taken */
        addik   r3, r0, 1
        bneid   r5, 1f
        lwi     r4, r5, 0
        addik   r3, r3, 32
1:      rtsd    r15, 8
        addik   r3, r3, 6

        .global store_in_slot
        .type   store_in_slot, @function
store_in_slot:                          /* (address), with imm before the branch */
        addik   r3, r0, 1
        .long   0xB0000000              /* imm 0, which the assembler writes alone only so */
        brid    12
        swi     r5, r5, 0
        addik   r3, r3, 32
        rtsd    r15, 8
        addik   r3, r3, 6

        .global privileged_in_slot
        .type   privileged_in_slot, @function
privileged_in_slot:
        addik   r3, r0, 1
        brid    12
        mts     rpid, r5
        addik   r3, r3, 32
        rtsd    r15, 8
        addik   r3, r3, 6

        .local  saved
        .comm   saved, 80, 4
        .local  trap_stack
        .section .bss
        .align  4
trap_stack:
        .space  2048
trap_stack_top:

/* unsigned load_by_stack(unsigned address): by r1, as a stack that has grown too far does */
        .text
        .global load_by_stack
        .type   load_by_stack, @function
load_by_stack:
        addk    r11, r1, r0
        addk    r1, r5, r0
        addik   r3, r0, 99
        lwi     r3, r1, 0
        addk    r1, r11, r0
        rtsd    r15, 8
        nop
