"""A second model of address translation, from the manual (B3.5, B3.7, B3.19).

It is slow, keeps nothing, and shares no code with the core: registers are strings of
bits, as the manual prints them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Outcome(NamedTuple):
    """A physical address, or the five FS bits of a fault and the domain that goes with it.

    `domain` is None where the manual says it is not valid.
    """

    physical: int | None
    fs: str = ""
    domain: int | None = None


class Word:
    """A register: `word[31:20]` are its bits as a string, most significant first."""

    def __init__(self, value: int) -> None:
        self.text = f"{value:032b}"

    def __getitem__(self, place: int | slice) -> str:
        if isinstance(place, int):
            return self.text[31 - place]
        return self.text[31 - place.start : 32 - place.stop]


def number(bits: str) -> int:
    return int(bits or "0", 2)


def translate(
    registers: Mapping[str, int],
    read: Callable[[int], int | None],
    address: int,
    access: str,
    privileged: bool,
    has_pxn: bool,
) -> Outcome:
    """TranslateAddressV with the MMU on. `read` gives None where no memory answers."""
    va, ttbcr = Word(address), Word(registers["ttbcr"])
    sctlr, dacr = Word(registers["sctlr"]), Word(registers["dacr"])
    n = number(ttbcr[2:0])
    in_low = n == 0 or va[31 : 32 - n] == "0" * n
    if in_low:
        table = Word(registers["ttbr0"])[31 : 14 - n] + va[31 - n : 20] + "00"
        disabled = ttbcr[4]
    else:
        table = Word(registers["ttbr1"])[31:14] + va[31:20] + "00"
        disabled = ttbcr[5]
    if disabled == "1":
        return Outcome(None, "00101")
    found = read(number(table))
    if found is None:
        return Outcome(None, "01100")
    first = Word(found)
    if first[1:0] == "00" or (first[1:0] == "11" and not has_pxn):
        return Outcome(None, "00101")

    if first[1:0] == "01":
        level, domain = 2, number(first[8:5])
        pxn = first[2]
        found = read(number(first[31:10] + va[19:12] + "00"))
        if found is None:
            return Outcome(None, "01110", domain)
        second = Word(found)
        if second[1:0] == "00":
            return Outcome(None, "00111", domain)
        ap = second[9] + second[5:4]
        if second[1] == "0":
            xn, physical = second[15], second[31:16] + va[15:0]
        else:
            xn, physical = second[0], second[31:12] + va[11:0]
        place = number(physical)
    else:
        level, pxn, xn = 1, first[0], first[4]
        ap = first[15] + first[11:10]
        if first[18] == "1":
            domain = 0
            place = number(first[8:5] + first[23:20] + first[31:24] + va[23:0])
        else:
            domain = number(first[8:5])
            place = number(first[31:20] + va[19:0])

    access_flags = sctlr[29] == "1"
    if access_flags and ap[2] == "0":
        return Outcome(None, {1: "00011", 2: "00110"}[level], domain)
    allowed = dacr[2 * domain + 1 : 2 * domain]
    if allowed in ("00", "10"):
        return Outcome(None, {1: "01001", 2: "01011"}[level], domain)
    if allowed == "11":
        return Outcome(place)

    simple = ap[:2] + "1" if access_flags else ap
    if privileged:
        rights = {"001": "rw", "010": "rw", "011": "rw", "101": "r", "110": "r", "111": "r"}
    else:
        rights = {"010": "r", "011": "rw", "110": "r", "111": "r"}
    if access_flags:
        rights = (
            {"001": "rw", "011": "rw", "101": "r", "111": "r"}
            if privileged
            else {"011": "rw", "111": "r"}
        )
    have = rights.get(simple, "")
    needed = "w" if access == "store" else "r"
    refused = needed not in have
    if access == "fetch":
        refused = refused or xn == "1" or (privileged and has_pxn and pxn == "1")
    if refused:
        return Outcome(None, {1: "01101", 2: "01111"}[level], domain)
    return Outcome(place)
