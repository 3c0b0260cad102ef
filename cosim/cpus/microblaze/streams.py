"""Stream instructions: get and put in all forms (UG984, get, getd, put, putd).

A link's input and output are `Fifo`s of the kernel, of (word, control bit). A blocking access that
cannot be done waits for the FIFO; a link that is not connected has no data and no room.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cosim.cpus.faults import Trap
from cosim.cpus.isa.machine import Machine, Value
from cosim.cpus.microblaze.exceptions import STREAM
from cosim.cpus.microblaze.operands import row
from cosim.cpus.microblaze.privilege import privileged
from cosim.cpus.microblaze.registers import ATOMIC, CONTEXT, MSR_EE, MSR_FSL

if TYPE_CHECKING:
    from cosim.cpus.microblaze.core import MicroBlaze


def get(m: Machine, rd: int, f: int, N: int, C: int, T: int, A: int, E: int) -> None:
    _get(m, rd, m.const(f), N, C, T, A, E)


def get_plain(m: Machine, rd: int, f: int, N: int, C: int) -> None:
    _get(m, rd, m.const(f), N, C, 0, 0, 0)


def getd(m: Machine, rd: int, rb: int, N: int, C: int, T: int, A: int, E: int) -> None:
    _get(m, rd, m.zext(m.get(rb), 4), N, C, T, A, E)


def _get(m: Machine, rd: int, link: Value, N: int, C: int, T: int, A: int, E: int) -> None:
    _privileged(m)
    read = partial(
        read_stream, wait=not N, control=bool(C), take=not T, checked=bool(E), atomic=bool(A)
    )
    m.set(rd, m.system(read, link, m.get(rd)))
    _keep_together(m, A)


def put(m: Machine, ra: int, f: int, N: int, C: int, A: int) -> None:
    _put(m, m.get(ra), m.const(f), N, C, 0, A)


def put_plain(m: Machine, ra: int, f: int, N: int, C: int) -> None:
    _put(m, m.get(ra), m.const(f), N, C, 0, 0)


def tput(m: Machine, f: int, N: int, C: int, A: int) -> None:
    _put(m, m.const(0), m.const(f), N, C, 1, A)


def putd(m: Machine, ra: int, rb: int, N: int, C: int, A: int) -> None:
    _put(m, m.get(ra), m.zext(m.get(rb), 4), N, C, 0, A)


def tputd(m: Machine, rb: int, N: int, C: int, A: int) -> None:
    _put(m, m.const(0), m.zext(m.get(rb), 4), N, C, 1, A)


def _put(m: Machine, value: Value, link: Value, N: int, C: int, T: int, A: int) -> None:
    _privileged(m)
    write = partial(write_stream, wait=not N, control=bool(C), deliver=not T, atomic=bool(A))
    m.system(write, link, value)
    _keep_together(m, A)


def _privileged(m: Machine) -> None:
    if m.config.privileges[0]:
        privileged(m)


def _keep_together(m: Machine, atomic: int) -> None:
    """An atomic instruction keeps interrupts from the next one."""
    if atomic:
        m.set(CONTEXT, m.const(ATOMIC))


# What the core does; each comes to its exact time before it looks at a FIFO.


def read_stream(
    core: MicroBlaze,
    link: int,
    old: int,
    *,
    wait: bool,
    control: bool,
    take: bool,
    checked: bool,
    atomic: bool,
) -> int:
    """The word that get puts into its register.

    Raises:
        Trap: the control bit is wrong and `checked`, if the core makes an exception of it.
    """
    core.synchronize()
    number = _existing(core, link)
    fifo = core.stream_inputs.get(number)
    if fifo is None or not fifo.num_available:
        if wait:
            core.wait_for(fifo.data_written if fifo else None, interruptible=_served(core, atomic))
        core.state["carry"] = 1
        return old
    word, bit = fifo.peek()
    if not wait:
        core.state["carry"] = 0
    if take:
        fifo.nb_read()
    if bit != control:
        core.state["msr"] |= MSR_FSL
        if checked and core.settings.stream_exception and core.state["msr"] & MSR_EE:
            core.state["edr"] = word
            raise Trap(STREAM, number)
    return word


def write_stream(
    core: MicroBlaze,
    link: int,
    value: int,
    *,
    wait: bool,
    control: bool,
    deliver: bool,
    atomic: bool,
) -> None:
    """Put `value` into the FIFO, or see whether there is room."""
    core.synchronize()
    fifo = core.stream_outputs.get(_existing(core, link))
    if fifo is None or not fifo.num_free:
        if wait:
            core.wait_for(fifo.data_read if fifo else None, interruptible=_served(core, atomic))
        core.state["carry"] = 1
        return
    if not wait:
        core.state["carry"] = 0
    if deliver:
        fifo.nb_write((value, control))


def _existing(core: MicroBlaze, link: int) -> int:
    """A link that is not there is link 0; for put that is our choice, the manual has none."""
    return link if link < core.settings.stream_links else 0


def _served(core: MicroBlaze, atomic: bool) -> bool:
    """Whether interrupts are taken while the instruction waits."""
    return core.settings.extended_stream_instr and not atomic


stream = partial(row, requires="streams")
more = partial(row, requires="extended_streams")

# fmt: off
ROWS = [
    stream("{N}{C}get rd, link",      "011011 ddddd 00000 0NC000 000000 ffff", get_plain, "get"),
    stream("{N}{C}put ra, link",      "011011 00000 aaaaa 1NC000 000000 ffff", put_plain, "put"),
    more("{T}{N}{E}{C}{A}get rd, link", "011011 ddddd 00000 0NCTAE 000000 ffff", get,     "get"),
    more("{N}{C}{A}put ra, link",     "011011 00000 aaaaa 1NC0A0 000000 ffff", put,       "put"),
    more("t{N}{C}{A}put link",        "011011 00000 00000 1NC1A0 000000 ffff", tput,      "put"),
    more("{T}{N}{E}{C}{A}getd rd, rb", "010011 ddddd 00000 bbbbb 0NCTAE 00000", getd,     "getd"),
    more("{N}{C}{A}putd ra, rb",      "010011 00000 aaaaa bbbbb 1NC0A0 00000", putd,      "putd"),
    more("t{N}{C}{A}putd rb",         "010011 00000 00000 bbbbb 1NC1A0 00000", tputd,     "putd"),
]
# fmt: on
