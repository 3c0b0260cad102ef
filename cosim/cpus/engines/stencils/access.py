"""Loads and stores in line: in a window of memory, or by a table of the guest's pages.

Code that finds an address outside the window has done nothing yet, and goes to code that does all
of the instruction again by the table: so what is executed nearly always has no other case in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cosim.bus.write_watch import GRANULE_BITS
from cosim.cpus.engines.runtime_block import (
    FREE_ADDEND,
    FREE_PART,
    LONGEST_SPAN,
    MASKED,
    READ_WINDOW,
    SPARE,
    UNALIGNED_LIMIT,
    WATCH_BITS,
    WINDOW_ADDEND,
    WINDOW_LIMITS,
    WINDOW_MASKS,
    WINDOW_SIZES,
    WINDOW_START,
    WRITE_WINDOW,
)
from cosim.cpus.engines.stencils.floating import Floating
from cosim.cpus.engines.stencils.static import const
from cosim.cpus.engines.stencils.values import Escape
from cosim.cpus.isa.machine import Value


class Request(NamedTuple):
    """One access of an instruction: to the word `root` plus `offset`.

    Attributes:
        stretch: accesses with the same number are made together or not at all.
    """

    table: str
    root: str
    offset: int
    size: int
    align: int
    stretch: int


class Span(NamedTuple):
    """`members` accesses that one look-up is for: to `length` bytes from `offset`."""

    members: int
    offset: int
    length: int


class Access(Floating):
    """The memory verbs. What is not direct memory, or not aligned as it must be, escapes.

    Args:
        big: whether the core's data are big-endian.

    Attributes:
        requests: the accesses so far.
        spans: by number of an access, what is looked up for it and those that follow.
        stretch: see `Request`.
        far: whether this is the code that looks into the table.
        leads_far: whether it is the code that leads there.
    """

    def __init__(self, big: bool) -> None:
        super().__init__()
        self.requests: list[Request] = []
        self.spans: Mapping[int, Span] = {}
        self._big = big
        self.stretch = 0
        self.far = self.leads_far = False
        self._covered: dict[int, tuple[str, Span]] = {}  # by number: where the span begins

    def _host(self, table: str, address: Value, size: int, align: int) -> str:
        """The host's address, or an escape: no direct memory there, or not aligned as it must."""
        root, offset = self.origin(address)
        number = len(self.requests)
        self.requests.append(Request(table, root, offset, size, align, self.stretch))
        span = self.spans.get(number)
        if span is not None:
            first = self.name(self.add(address, const(span.offset - offset)))
            start = self._find(table, first, span.length, align)
            self._covered.update(dict.fromkeys(range(number, number + span.members), (start, span)))
        if number not in self._covered:
            return self._find(table, self.name(address), size, align)
        start, span = self._covered[number]
        return self.fresh(f"getelementptr i8, ptr {start}, i64 {offset - span.offset}").name

    def _find(self, table: str, at: str, size: int, align: int) -> str:
        """The host's address of `size` bytes that are there in one piece."""
        window = READ_WINDOW if table == "read" else WRITE_WINDOW
        kind = (LONGEST_SPAN, 4) if size > 4 else (size, align)
        if kind not in WINDOW_LIMITS:
            kind = (size, size)
        masked = table == "read" and size <= 4
        if self.far:
            if masked and kind[1] < size:
                return self._anywhere(window, at, kind)
            return self._by_table(table, at, size, align)
        self.leads_far = True
        wide = self.fresh(f"zext i32 {at} to i64").name  # here it costs nothing
        near = self.label()
        within = self._masked(window, at, size) if masked else self._within(window, at, kind)
        self.line(f"br i1 {within}, label %{near}, label %far, !prof !0")
        self.begin(near)
        return self._in_window(window, wide)

    def _in_window(self, window: int, wide: str) -> str:
        addend = self._load(window + WINDOW_ADDEND, "ptr")
        return self.fresh(f"getelementptr i8, ptr {addend}, i64 {wide}").name

    def _anywhere(self, window: int, at: str, kind: tuple[int, int]) -> str:
        """Of an access that may be at any address: in the window after all, or by the table."""
        near, far, go = self.label(), self.label(), self.label()
        wide = self.fresh(f"zext i32 {at} to i64").name
        within = self._within(window, at, kind)
        self.line(f"br i1 {within}, label %{near}, label %{far}")
        self.begin(near)
        host = self._in_window(window, wide)
        self.line(f"br label %{go}")
        self.begin(far)
        other = self._by_table("read", at, *kind)
        behind = self.block
        self.line(f"br label %{go}")
        self.begin(go)
        return self.fresh(f"phi ptr [ {host}, %{near} ], [ {other}, %{behind} ]").name

    def _masked(self, window: int, at: str, size: int) -> str:
        """Whether an aligned access is to the part of the window that a mask finds."""
        place = window + WINDOW_MASKS + 8 * MASKED.index(size)
        inverse = self.fresh(f"xor i32 {at}, -1").name
        some = self.fresh(f"and i32 {inverse}, {self._load(place)}").name
        return self.fresh(f"icmp eq i32 {some}, {self._load(place + 4)}").name

    def _within(self, window: int, at: str, kind: tuple[int, int]) -> str:
        """Whether an access of that size and alignment is to the window."""
        offset = self.fresh(f"sub i32 {at}, {self._load(window + WINDOW_START)}").name
        turned = offset
        if kind[1] > 1:
            bits = kind[1].bit_length() - 1
            turned = self.fresh(
                f"call i32 @llvm.fshr.i32(i32 {offset}, i32 {offset}, i32 {bits})"
            ).name
        limit = self._load(window + WINDOW_SIZES + 4 * WINDOW_LIMITS.index(kind))
        return self.fresh(f"icmp ult i32 {turned}, {limit}").name

    def _load(self, at: int, kind: str = "i32") -> str:
        """Of the runtime block."""
        return self.fresh(f"load {kind}, ptr {self._address(at)}").name

    def _address(self, at: int) -> str:
        """Of a place in the runtime block."""
        return self.fresh(f"getelementptr i8, ptr %s, i64 {at}").name

    def _by_table(self, table: str, at: str, size: int, align: int) -> str:
        """The host's address, of pages that the window does not have."""
        wide = self.fresh(f"zext i32 {at} to i64").name
        found = self._in_last_part(at, wide, size) if table == "write" and size <= 4 else None
        page = self.fresh(f"lshr i32 {at}, 12").name
        index = self.fresh(f"zext i32 {page} to i64").name
        base = self.fresh(f"getelementptr i8, ptr %s, i64 {self.hole('table', table)}").name
        entry_at = self.fresh(f"getelementptr i64, ptr {base}, i64 {index}").name
        entry = self.fresh(f"load i64, ptr {entry_at}").name
        present = self.fresh(f"icmp sgt i64 {entry}, 0").name
        go = self.label()
        if table == "write":
            watched, self._parted_at = self.label(), self.block
            self.line(f"br i1 {present}, label %{go}, label %{watched}, !prof !0")
            self.begin(watched)
            entry = self._unwatched(at, entry, size, go)
        else:
            self.escape_unless(present, go)
            self.begin(go)
        if size > 1:
            self._aligned(at, size, align)
        if found is not None:
            entry = self._joined_with(found, entry)
        host = self.fresh(f"add i64 {wide}, {entry}").name
        return self.fresh(f"inttoptr i64 {host} to ptr").name

    def _in_last_part(self, at: str, wide: str, size: int) -> tuple[str, str, str]:
        """Look into the part of a page with code that has been found free of it the last time.

        Returns:
            What leads to the host's addresses there, and the labels of the block in which it is
            known and of the one where all ways join.
        """
        part = self._load(FREE_PART, "i64")
        moved = self.fresh(f"xor i64 {wide}, {part}").name
        outside = self.fresh(f"and i64 {moved}, {-(1 << WATCH_BITS) | size - 1}").name
        within = self.fresh(f"icmp eq i64 {outside}, 0").name
        near, other, go = self.label(), self.label(), self.label()
        self.line(f"br i1 {within}, label %{near}, label %{other}, !prof !0")
        self.begin(near)
        addend = self._load(FREE_ADDEND, "i64")
        self.line(f"br label %{go}")
        self.begin(other)
        return addend, near, go

    def _joined_with(self, found: tuple[str, str, str], entry: str) -> str:
        addend, near, go = found
        behind = self.block
        self.line(f"br label %{go}")
        self.begin(go)
        return self.fresh(f"phi i64 [ {addend}, %{near} ], [ {entry}, %{behind} ]").name

    def _unwatched(self, at: str, entry: str, size: int, go: str) -> str:
        """Of a page with translated code: the entry, unless the bytes are code."""
        before = self._parted_at
        watched = self.fresh(f"icmp slt i64 {entry}, 0").name
        inside = self.label()
        self.escape_unless(watched, inside)
        self.begin(inside)
        addend = self.fresh(f"and i64 {entry}, {(1 << 63) - 1}").name
        spare = self._address(SPARE)
        self.line(f"store volatile i64 {addend}, ptr {spare}")
        base = self.fresh(f"getelementptr i8, ptr %s, i64 {self.hole('table', 'watched')}").name
        part = self.fresh(f"lshr i32 {at}, {WATCH_BITS}").name
        part = self.fresh(f"zext i32 {part} to i64").name
        mask_at = self.fresh(f"getelementptr i64, ptr {base}, i64 {part}").name
        mask = self.fresh(f"load i64, ptr {mask_at}").name
        if size <= 4:
            self._note_free_part(at, mask)
        granule = self.fresh(f"lshr i32 {at}, {GRANULE_BITS}").name
        granule = self.fresh(f"and i32 {granule}, 63").name
        wide = self.fresh(f"zext i32 {granule} to i64").name
        if size > 1 << GRANULE_BITS:
            behind = self.hole("table", "watched next")
            base = self.fresh(f"getelementptr i8, ptr %s, i64 {behind}").name
            next_at = self.fresh(f"getelementptr i64, ptr {base}, i64 {part}").name
            upper = self.fresh(f"load i64, ptr {next_at}").name
            low = self.fresh(f"lshr i64 {mask}, {wide}").name
            left = self.fresh(f"sub i64 63, {wide}").name
            high = self.fresh(f"shl i64 {upper}, 1").name
            high = self.fresh(f"shl i64 {high}, {left}").name
            shifted = self.fresh(f"or i64 {low}, {high}").name
        else:
            shifted = self.fresh(f"lshr i64 {mask}, {wide}").name
        words = -(-size >> GRANULE_BITS)
        own = self.fresh(f"and i64 {shifted}, {(1 << words) - 1}").name
        free = self.fresh(f"icmp eq i64 {own}, 0").name
        if 1 < size <= 1 << GRANULE_BITS:
            last = self.fresh(f"add i32 {at}, {size - 1}").name
            moved = self.fresh(f"xor i32 {last}, {at}").name
            within = self.fresh(f"icmp ult i32 {moved}, {1 << GRANULE_BITS}").name
            free = self.fresh(f"and i1 {free}, {within}").name
        known = self.label()
        self.escape_unless(free, known)
        self.begin(known)
        addend = self.fresh(f"load volatile i64, ptr {spare}").name
        self.line(f"br label %{go}")
        self.begin(go)
        return self.fresh(f"phi i64 [ {entry}, %{before} ], [ {addend}, %{known} ]").name

    def _note_free_part(self, at: str, mask: str) -> None:
        """Let `_in_last_part` find the part of `at`, if none of its bits in `mask` is set."""
        none = self.fresh(f"icmp eq i64 {mask}, 0").name
        note, go = self.label(), self.label()
        self.line(f"br i1 {none}, label %{note}, label %{go}")
        self.begin(note)
        part = self.fresh(f"and i32 {at}, {-(1 << WATCH_BITS)}").name
        part = self.fresh(f"zext i32 {part} to i64").name
        self.line(f"store i64 {part}, ptr {self._address(FREE_PART)}")
        addend = self.fresh(f"load volatile i64, ptr {self._address(SPARE)}").name
        self.line(f"store i64 {addend}, ptr {self._address(FREE_ADDEND)}")
        self.line(f"br label %{go}")
        self.begin(go)

    def _aligned(self, at: str, size: int, align: int) -> None:
        if size > 4:  # a span: in one page
            offset = self.fresh(f"and i32 {at}, 4095").name
            within = self.fresh(f"icmp ule i32 {offset}, {4096 - size}").name
            inside = self.label()
            self.escape_unless(within, inside)
            self.begin(inside)
            size = align
        low = self.fresh(f"and i32 {at}, {size - 1}").name
        aligned = self.fresh(f"icmp eq i32 {low}, 0").name
        go = self.label()
        if align >= size:
            self.escape_unless(aligned, go)
        else:
            odd = self.label()
            self.line(f"br i1 {aligned}, label %{go}, label %{odd}, !prof !0")
            self.begin(odd)
            offset = self.fresh(f"and i32 {at}, 4095").name
            end = self.fresh(f"add i32 {offset}, {size}").name
            limit_at = self.fresh(f"getelementptr i8, ptr %s, i64 {UNALIGNED_LIMIT}").name
            limit = self.fresh(f"load i32, ptr {limit_at}").name
            inside = self.fresh(f"icmp ule i32 {end}, {limit}").name
            self.escape_unless(inside, go)
        self.begin(go)

    def load(self, address: Value, size: int, align: int = 1, user: bool = False) -> Value:
        if user:
            raise Escape
        host = self._host("read", address, size, align)
        width = 8 * size
        value = self.fresh(f"load i{width}, ptr {host}, align 1")
        if size > 1 and self._big:
            value = self.fresh(f"call i{width} @llvm.bswap.i{width}(i{width} {value.name})")
        return value if size == 4 else self.fresh(f"zext i{width} {value.name} to i32")

    def store(
        self, address: Value, value: Value, size: int, align: int = 1, user: bool = False
    ) -> None:
        if user:
            raise Escape
        host = self._host("write", address, size, align)
        width, text = 8 * size, self.name(value)
        if size < 4:
            text = self.fresh(f"trunc i32 {text} to i{width}").name
        if size > 1 and self._big:
            text = self.fresh(f"call i{width} @llvm.bswap.i{width}(i{width} {text})").name
        self.line(f"store i{width} {text}, ptr {host}, align 1")


def spans_of(requests: Sequence[Request]) -> dict[int, Span]:
    """Accesses to words that follow each other, as LDM makes them: by number of the first one."""
    spans = {}
    start = 0
    for end in range(1, len(requests) + 1):
        group = requests[start : end + 1]
        first, last = group[0], group[-1]
        offsets = [one.offset for one in group]
        joined = (
            end < len(requests)
            and (first.table, first.root, first.stretch) == (last.table, last.root, last.stretch)
            and all(one.size == 4 and one.align == 4 for one in group)
            and max(offsets) + 4 - min(offsets) <= LONGEST_SPAN
        )
        if joined:
            continue
        if end - start > 1:
            offsets = [one.offset for one in requests[start:end]]
            length = max(offsets) + 4 - min(offsets)
            spans[start] = Span(end - start, min(offsets), length)
        start = end
    return spans
