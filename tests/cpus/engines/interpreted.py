"""Which instructions native code leaves to the reference interpreter, and why.

Templates of rows, as the tables have them. What is in none of these lists must be native.
"""

from __future__ import annotations

# fmt: off
INTERPRETED: dict[str, dict[str, list[str]]] = {
    "A32": {
        "exceptions, and returns from them": [
            "bkpt i", "ldm rn, loaded_and_pc", "ldmda rn, loaded_and_pc",
            "ldmdb rn, loaded_and_pc", "ldmib rn, loaded_and_pc", "rfe rn",
            "rfeda rn", "rfedb rn", "rfeib rn", "srs mode", "srsda mode",
            "srsdb mode", "srsib mode", "svc i",
        ],
        "registers of another mode": [
            "ldm rn, numbers", "ldmda rn, numbers", "ldmdb rn, numbers",
            "ldmib rn, numbers", "stm rn, numbers", "stmda rn, numbers",
            "stmdb rn, numbers", "stmib rn, numbers",
        ],
        "exclusive accesses": [
            "clrex", "ldrex rt, rn", "ldrexb rt, rn", "ldrexd pair, rn",
            "ldrexh rt, rn", "strex rd, rt, rn", "strexb rd, rt, rn",
            "strexd rd, pair, rn", "strexh rd, rt, rn", "swp rt, rm, rn",
            "swpb rt, rm, rn",
        ],
        "accesses with the rights of User mode": [
            "ldrbt rt, address", "ldrht rt, address", "ldrsbt rt, address",
            "ldrsht rt, address", "ldrt rt, address", "strbt rt, address",
            "strht rt, address", "strt rt, address",
        ],
        "waiting, and waking others": [
            "sev", "wfe", "wfi",
        ],
        "system registers, modes, maintenance": [
            "cps", "mcr p14, reg, rt", "mcr p15, reg, rt", "mcrr p15, o, rt, rt2",
            "mrc p14, reg, rt", "mrc p15, reg, apsr", "mrc p15, reg, rt",
            "mrrc p15, o, rt, rt2", "mrs rd, sr", "msr sr, op2", "msr sr, rn",
            "setend", "vmrs rt, fpexc", "vmrs rt, fpsid", "vmrs rt, mvfr0",
            "vmrs rt, mvfr1", "vmsr fpexc, rt", "vmsr fpscr, rt", "vmsr fpsid, rt",
        ],
        "floating point, whose arithmetic is a function on ints": [
            "vadd.f32 sd, sn, sm", "vadd.f64 dd, dn, dm", "vcmp.f32 sd, 0",
            "vcmp.f32 sd, sm", "vcmp.f64 dd, 0", "vcmp.f64 dd, dm",
            "vcmpe.f32 sd, 0", "vcmpe.f32 sd, sm", "vcmpe.f64 dd, 0",
            "vcmpe.f64 dd, dm", "vcvt.f32.f64 sd, dm", "vcvt.f32.s16 sd, places",
            "vcvt.f32.s32 sd, places", "vcvt.f32.s32 sd, sm",
            "vcvt.f32.u16 sd, places", "vcvt.f32.u32 sd, places",
            "vcvt.f32.u32 sd, sm", "vcvt.f64.f32 dd, sm", "vcvt.f64.s16 dd, places",
            "vcvt.f64.s32 dd, places", "vcvt.f64.s32 dd, sm",
            "vcvt.f64.u16 dd, places", "vcvt.f64.u32 dd, places",
            "vcvt.f64.u32 dd, sm", "vcvt.s16.f32 sd, places",
            "vcvt.s16.f64 dd, places", "vcvt.s32.f32 sd, places",
            "vcvt.s32.f32 sd, sm", "vcvt.s32.f64 dd, places", "vcvt.s32.f64 sd, dm",
            "vcvt.u16.f32 sd, places", "vcvt.u16.f64 dd, places",
            "vcvt.u32.f32 sd, places", "vcvt.u32.f32 sd, sm",
            "vcvt.u32.f64 dd, places", "vcvt.u32.f64 sd, dm",
            "vcvtb.f16.f32 sd, sm", "vcvtb.f32.f16 sd, sm", "vcvtr.s32.f32 sd, sm",
            "vcvtr.s32.f64 sd, dm", "vcvtr.u32.f32 sd, sm", "vcvtr.u32.f64 sd, dm",
            "vcvtt.f16.f32 sd, sm", "vcvtt.f32.f16 sd, sm", "vdiv.f32 sd, sn, sm",
            "vdiv.f64 dd, dn, dm", "vfma.f32 sd, sn, sm", "vfma.f64 dd, dn, dm",
            "vfms.f32 sd, sn, sm", "vfms.f64 dd, dn, dm", "vfnma.f32 sd, sn, sm",
            "vfnma.f64 dd, dn, dm", "vfnms.f32 sd, sn, sm", "vfnms.f64 dd, dn, dm",
            "vmla.f32 sd, sn, sm", "vmla.f64 dd, dn, dm", "vmls.f32 sd, sn, sm",
            "vmls.f64 dd, dn, dm", "vmul.f32 sd, sn, sm", "vmul.f64 dd, dn, dm",
            "vnmla.f32 sd, sn, sm", "vnmla.f64 dd, dn, dm", "vnmls.f32 sd, sn, sm",
            "vnmls.f64 dd, dn, dm", "vnmul.f32 sd, sn, sm", "vnmul.f64 dd, dn, dm",
            "vsqrt.f32 sd, sm", "vsqrt.f64 dd, dm", "vsub.f32 sd, sn, sm",
            "vsub.f64 dd, dn, dm",
        ],
    },
    "T32": {
        "exceptions, and returns from them": [
            "bkpt i", "rfe rn", "rfedb rn", "srs mode", "srsdb mode",
            "subs pc, lr, imm", "svc i",
        ],
        "exclusive accesses": [
            "clrex", "ldrex rt, address", "ldrexb rt, rn", "ldrexd pair, rn",
            "ldrexh rt, rn", "strex rd, rt, address", "strexb rd, rt, rn",
            "strexd rd, pair, rn", "strexh rd, rt, rn",
        ],
        "accesses with the rights of User mode": [
            "ldrbt rt, address", "ldrht rt, address", "ldrsbt rt, address",
            "ldrsht rt, address", "ldrt rt, address", "strbt rt, address",
            "strht rt, address", "strt rt, address",
        ],
        "waiting, and waking others": [
            "sev", "wfe", "wfi",
        ],
        "system registers, modes, maintenance": [
            "cps", "mcr p14, reg, rt", "mcr p15, reg, rt", "mcrr p15, o, rt, rt2",
            "mrc p14, reg, rt", "mrc p15, reg, apsr", "mrc p15, reg, rt",
            "mrrc p15, o, rt, rt2", "mrs rd, sr", "msr sr, rn", "setend",
            "vmrs rt, fpexc", "vmrs rt, fpsid", "vmrs rt, mvfr0", "vmrs rt, mvfr1",
            "vmsr fpexc, rt", "vmsr fpscr, rt", "vmsr fpsid, rt",
        ],
        "floating point, whose arithmetic is a function on ints": [
            "vadd.f32 sd, sn, sm", "vadd.f64 dd, dn, dm", "vcmp.f32 sd, 0",
            "vcmp.f32 sd, sm", "vcmp.f64 dd, 0", "vcmp.f64 dd, dm",
            "vcmpe.f32 sd, 0", "vcmpe.f32 sd, sm", "vcmpe.f64 dd, 0",
            "vcmpe.f64 dd, dm", "vcvt.f32.f64 sd, dm", "vcvt.f32.s16 sd, places",
            "vcvt.f32.s32 sd, places", "vcvt.f32.s32 sd, sm",
            "vcvt.f32.u16 sd, places", "vcvt.f32.u32 sd, places",
            "vcvt.f32.u32 sd, sm", "vcvt.f64.f32 dd, sm", "vcvt.f64.s16 dd, places",
            "vcvt.f64.s32 dd, places", "vcvt.f64.s32 dd, sm",
            "vcvt.f64.u16 dd, places", "vcvt.f64.u32 dd, places",
            "vcvt.f64.u32 dd, sm", "vcvt.s16.f32 sd, places",
            "vcvt.s16.f64 dd, places", "vcvt.s32.f32 sd, places",
            "vcvt.s32.f32 sd, sm", "vcvt.s32.f64 dd, places", "vcvt.s32.f64 sd, dm",
            "vcvt.u16.f32 sd, places", "vcvt.u16.f64 dd, places",
            "vcvt.u32.f32 sd, places", "vcvt.u32.f32 sd, sm",
            "vcvt.u32.f64 dd, places", "vcvt.u32.f64 sd, dm",
            "vcvtb.f16.f32 sd, sm", "vcvtb.f32.f16 sd, sm", "vcvtr.s32.f32 sd, sm",
            "vcvtr.s32.f64 sd, dm", "vcvtr.u32.f32 sd, sm", "vcvtr.u32.f64 sd, dm",
            "vcvtt.f16.f32 sd, sm", "vcvtt.f32.f16 sd, sm", "vdiv.f32 sd, sn, sm",
            "vdiv.f64 dd, dn, dm", "vfma.f32 sd, sn, sm", "vfma.f64 dd, dn, dm",
            "vfms.f32 sd, sn, sm", "vfms.f64 dd, dn, dm", "vfnma.f32 sd, sn, sm",
            "vfnma.f64 dd, dn, dm", "vfnms.f32 sd, sn, sm", "vfnms.f64 dd, dn, dm",
            "vmla.f32 sd, sn, sm", "vmla.f64 dd, dn, dm", "vmls.f32 sd, sn, sm",
            "vmls.f64 dd, dn, dm", "vmul.f32 sd, sn, sm", "vmul.f64 dd, dn, dm",
            "vnmla.f32 sd, sn, sm", "vnmla.f64 dd, dn, dm", "vnmls.f32 sd, sn, sm",
            "vnmls.f64 dd, dn, dm", "vnmul.f32 sd, sn, sm", "vnmul.f64 dd, dn, dm",
            "vsqrt.f32 sd, sm", "vsqrt.f64 dd, dm", "vsub.f32 sd, sn, sm",
            "vsub.f64 dd, dn, dm",
        ],
    },
    "MicroBlaze": {
        "waiting, and waking others": [
            "sleep",
        ],
        "system registers, modes, maintenance": [
            "msrclr rd, mask", "msrset rd, mask", "mts special, ra",
        ],
        "streams": [
            "t{N}{C}{A}put link", "t{N}{C}{A}putd rb", "{N}{C}get rd, link",
            "{N}{C}put ra, link", "{N}{C}{A}put ra, link", "{N}{C}{A}putd ra, rb",
            "{T}{N}{E}{C}{A}get rd, link", "{T}{N}{E}{C}{A}getd rd, rb",
        ],
        "other memories": [
            "lbuea rd, ra, rb", "lhuea rd, ra, rb", "lwea rd, ra, rb",
            "sbea rd, ra, rb", "shea rd, ra, rb", "swea rd, ra, rb",
        ],
        "floating point, whose arithmetic is a function on ints": [
            "fadd rd, ra, rb", "fcmp.eq rd, ra, rb", "fcmp.ge rd, ra, rb",
            "fcmp.gt rd, ra, rb", "fcmp.le rd, ra, rb", "fcmp.lt rd, ra, rb",
            "fcmp.ne rd, ra, rb", "fcmp.un rd, ra, rb", "fdiv rd, ra, rb",
            "fint rd, ra", "flt rd, ra", "fmul rd, ra, rb", "frsub rd, ra, rb",
            "fsqrt rd, ra",
        ],
    },
}
# fmt: on
