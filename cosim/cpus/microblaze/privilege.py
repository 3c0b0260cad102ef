"""User mode: which instructions are privileged is for their semantics to say."""

from __future__ import annotations

from functools import partial

from cosim.cpus.isa.machine import Machine
from cosim.cpus.microblaze.registers import MSR, MSR_UM

PRIVILEGED = "privileged instruction in user mode"


def privileged(m: Machine) -> None:
    """Trap in user mode. A core without user mode has nothing to test."""
    if m.config.mmu:
        m.when(m.and_(m.get(MSR), m.const(MSR_UM)), partial(m.trap, PRIVILEGED))
