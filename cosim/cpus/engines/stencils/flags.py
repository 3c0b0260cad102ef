"""Uses the host's flags where LLVM computes again what they say: whether a result is negative.

LLVM shifts a sign down where the host could store its sign flag, subtracts where it could compare,
and tests what an addition has tested. Guest flags are written so often that this counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

REGISTER = re.compile(r"%(\w+)")
SETTER = re.compile(r"(?:add|sub|and|or|xor)l (.+), %(\w+)")
COPY = re.compile(r"movl %(\w+), %(\w+)")
TAKE = re.compile(r"movl (.+), %(\w+)")
SIGN = re.compile(r"shrl \$31, %(\w+)")
STORE = re.compile(r"movb %(\w+), (\S*\(%\w+\))")
AGAIN = re.compile(r"(?:sub|cmp)l (.+), %(\w+)")
OTHER = re.compile(r"(?:imul|add|sub|and|or|xor)l .+, %\w+")
"""Another operation, whose flags nobody wants."""
NEUTRAL = re.compile(r"(?:mov|set|lea|cmov)\w* ")
OF_RESULT = re.compile(r"(?:set|j|cmov)n?[es]l? ")
"""Whether a result is 0, or negative: what an operation says as well as a test of its result."""
CONDITION = re.compile(r"(?:set|j|cmov)(?!mp)\w+ ")


def _family(name: str) -> str:
    """What all names of one register have in common."""
    if name[1:2].isdigit():
        return name.rstrip("dwb")
    return (
        name.removeprefix("r")
        .removeprefix("e")
        .removesuffix("l")
        .removesuffix("h")
        .removesuffix("x")
    )


def _uses(line: str, register: str) -> bool:
    return any(_family(name) == register for name in REGISTER.findall(line))


def _writes(line: str, register: str) -> bool:
    """Whether a line that is `NEUTRAL` changes the register."""
    last = line.rpartition(", ")[2] if ", " in line else line.partition(" ")[2]
    return "(" not in last and _uses(last, register)


def with_flags(text: str) -> str:
    """The text with signs, tests and differences taken from the host's flags."""
    lines = text.split("\n")
    place = 0
    while place < len(lines):
        if SIGN.fullmatch(lines[place]):
            changed = _without_sign(lines, place)
            if changed is not None:
                lines, place = changed, -1
        place += 1
    return "\n".join(lines)


def _without_sign(lines: list[str], place: int) -> list[str] | None:
    """The lines without the shift at `place`; None if what it is for is not that simple."""
    match = SIGN.fullmatch(lines[place])
    assert match is not None
    sign = _family(match[1])
    copy, value, setter = _origin(lines, place, sign)
    apart = setter < 0 and copy < 0
    if apart:
        setter = _subtraction(lines, place, sign)
    store = test = again = -1
    for index in range(place + 1, len(lines)):
        line = lines[index]
        found = STORE.fullmatch(line)
        if found is not None and _family(found[1]) == sign:
            store = index
            break
        if test < 0 and _tests(line, value):
            test = index
        elif setter >= 0 and test < 0 and again < 0 and _repeats(lines, setter, index, sign):
            again = index
        elif not NEUTRAL.match(line) or _uses(line, sign) or _writes(line, value):
            return None
    if store < 0 or (setter < 0 and test < 0) or (apart and again < 0):
        return None
    if any(_uses(line, sign) for line in lines[store + 1 :]):
        return None
    gone = {place}
    if again >= 0:
        if test >= 0:
            return None
        changed = list(lines)
        changed[store] = f"sets {lines[store].partition(', ')[2]}"
        gone |= {setter, _taken(lines, setter, sign)}
        return [line for index, line in enumerate(changed) if index not in gone]
    if copy >= 0:
        if any(_uses(one, sign) or _writes(one, value) for one in lines[copy + 1 : place]):
            return None
        gone.add(copy)
    if test >= 0 and setter >= 0:
        for line in lines[test + 1 :]:
            if CONDITION.match(line):
                if not OF_RESULT.match(line):
                    return None
            elif not NEUTRAL.match(line):
                break
        gone.add(test)
    changed = list(lines)
    changed[store] = f"sets {lines[store].partition(', ')[2]}"
    if setter >= 0 and value == sign:
        gone |= _compared(changed, setter, value, gone)
    return [line for index, line in enumerate(changed) if index not in gone]


def _tests(line: str, register: str) -> bool:
    names = REGISTER.findall(line)
    return line.startswith("testl %") and [_family(name) for name in names] == [register] * 2


def _repeats(lines: Sequence[str], setter: int, index: int, register: str) -> bool:
    """Whether the line at `index` has the flags of the subtraction, which nothing else wants."""
    match, other = SETTER.fullmatch(lines[setter]), AGAIN.fullmatch(lines[index])
    taken = _taken(lines, setter, register)
    if match is None or other is None or taken < 0 or not lines[setter].startswith("subl"):
        return False
    source = COPY.fullmatch(lines[taken])
    if source is None or (match[1], source[1]) != other.groups():
        return False
    operands = [_family(name) for name in REGISTER.findall(lines[index])]
    between = [line for line in lines[setter + 1 : index] if not SIGN.fullmatch(line)]
    return _family(match[2]) == register and not any(
        CONDITION.match(line)
        or "(" in line.rpartition(", ")[2]
        or _uses(line, register)
        or any(_writes(line, one) for one in operands)
        for line in between
    )


def _origin(lines: Sequence[str], place: int, register: str) -> tuple[int, str, int]:
    """Of the register at `place`: where it is copied, from which, and what sets that with flags.

    A place is -1 where there is none.
    """
    copy = -1
    for index in range(place - 1, -1, -1):
        line = lines[index]
        setter = SETTER.fullmatch(line)
        if setter is not None and _family(setter[2]) == register:
            return copy, register, index
        if not NEUTRAL.match(line):
            break
        found = COPY.fullmatch(line)
        if found is not None and _family(found[2]) == register and copy < 0:
            copy, register = index, _family(found[1])
        elif _writes(line, register):
            break
    return copy, register, -1


def _subtraction(lines: Sequence[str], place: int, register: str) -> int:
    """Where the register got a difference, maybe with other operations since; -1: nowhere."""
    for index in range(place - 1, -1, -1):
        line = lines[index]
        setter = SETTER.fullmatch(line)
        if setter is not None and _family(setter[2]) == register:
            return index
        if _uses(line, register) or not (NEUTRAL.match(line) or OTHER.fullmatch(line)):
            return -1
    return -1


def _compared(lines: list[str], setter: int, register: str, gone: set[int]) -> set[int]:
    """Make a subtraction whose difference nobody uses a comparison; returns what that spares."""
    match = SETTER.fullmatch(lines[setter])
    assert match is not None
    if not lines[setter].startswith("subl"):
        return set()
    rest = [line for index, line in enumerate(lines) if index > setter and index not in gone]
    taken = _taken(lines, setter, register)
    if taken < 0 or any(_uses(line, register) for line in rest):
        return set()
    first = TAKE.fullmatch(lines[taken])
    assert first is not None
    left, right = first[1], match[1]
    spared = {taken}
    if right.startswith("%"):
        number = _taken(lines, setter, _family(right[1:]))
        what = TAKE.fullmatch(lines[number]) if number >= 0 else None
        others = [line for index, line in enumerate(lines) if index not in (number, setter)]
        if what is not None and what[1].startswith("$"):
            if not any(_uses(line, _family(right[1:])) for line in others):
                right = what[1]
                spared.add(number)
    if left.startswith("$") or ("(" in left and "(" in right):
        return set()
    lines[setter] = f"cmpl {right}, {left}"
    return spared


def _taken(lines: Sequence[str], place: int, register: str) -> int:
    """Where the register, which is used first at `place`, is given its value; -1: not so simply.

    What it is given is still the same at `place`.
    """
    for index in range(place - 1, -1, -1):
        line = lines[index]
        found = TAKE.fullmatch(line)
        if found is not None and _family(found[2]) == register:
            sources = [_family(name) for name in REGISTER.findall(found[1])]
            between = lines[index + 1 : place]
            stays = all(
                "(" not in other.rpartition(", ")[2]
                and not any(_writes(other, one) for one in sources)
                for other in between
            )
            return index if stays and register not in sources else -1
        if not NEUTRAL.match(line) or _uses(line, register):
            return -1
    return -1
