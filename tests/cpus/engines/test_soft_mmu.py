"""How native code finds the guest's memory: windows, tables of pages, words that are watched."""

from __future__ import annotations

import mmap
from collections.abc import Iterator

import pytest

from cosim.bus.write_watch import WriteWatch
from cosim.cpus.engines.code_memory import address_of
from cosim.cpus.engines.runtime_block import (
    MASKED,
    PAGES,
    READ_WINDOW,
    WINDOW_ADDEND,
    WINDOW_LIMITS,
    WINDOW_MASKS,
    WINDOW_SIZES,
    WINDOW_START,
    WRITE_WINDOW,
    RuntimeBlock,
    place,
)
from cosim.cpus.engines.soft_mmu import AGAIN, WATCHED, AccessTables, Window, words_of
from cosim.cpus.translation import Page, Run
from tests.cpus.engines.bench import DEVICE, PINNED, PLAIN, SIZE, Bench, both, native

pytestmark = native

FULL = Run(0, PAGES - 1)


@pytest.fixture
def runtime() -> RuntimeBlock:
    return RuntimeBlock()


class TestWindow:
    """The largest range that the host has in one piece."""

    @pytest.fixture
    def window(self, runtime) -> Window:
        return Window(runtime, READ_WINDOW)

    def test_the_larger_of_two_wins(self, window) -> None:
        window.offer(Run(0, 3), 0x1000)
        window.offer(Run(100, 109), 0x7000)
        window.offer(Run(200, 201), 0x9000)
        assert window.run == (100, 109)

    def test_neighbours_in_the_hosts_memory_too_become_one(self, window) -> None:
        for run in (Run(4, 7), Run(8, 8), Run(2, 3)):
            window.offer(run, 0x1000)
        assert window.run == (2, 8)

    def test_neighbours_that_are_elsewhere_there_do_not(self, window) -> None:
        window.offer(Run(4, 7), 0x1000)
        window.offer(Run(8, 9), 0x5000)
        assert window.run == (4, 7)

    def test_the_same_memory_with_a_gap_does_not(self, window) -> None:
        window.offer(Run(0, 3), 0x1000)
        window.offer(Run(5, 7), 0x1000)
        assert window.run == (0, 3)

    @pytest.mark.parametrize(
        ("cut", "left"),
        [
            (Run(0, 9), (10, 99)),
            (Run(90, 99), (0, 89)),
            (Run(30, 30), (31, 99)),
            (Run(60, 60), (0, 59)),
            (Run(100, 200), (0, 99)),
        ],
    )
    def test_of_one_with_a_hole_the_larger_side_is_left(self, window, cut, left) -> None:
        window.offer(Run(0, 99), 0x1000)
        window.cut(cut)
        assert window.run == left

    def test_nothing_may_be_left(self, window, runtime) -> None:
        window.offer(Run(5, 9), 0x1000)
        window.cut(Run(0, 20))
        window.open(strict=False)
        assert limits(runtime, READ_WINDOW) == [0] * len(WINDOW_LIMITS)

    def test_native_code_finds_where_it_is(self, window, runtime) -> None:
        window.offer(words_of(Run(16, 17)), 0x7F00_0000_0000)
        window.open(strict=False)
        assert runtime.longs[READ_WINDOW + WINDOW_ADDEND >> 3] == 0x7F00_0000_0000
        assert runtime.words[READ_WINDOW + WINDOW_START >> 2] == 0x1_0000

    @pytest.mark.parametrize("strict", [False, True])
    def test_its_limits_let_in_what_is_within_it_and_aligned(self, window, runtime, strict) -> None:
        window.offer(words_of(Run(16, 16)), 0x7000)
        window.open(strict)
        for (size, align), limit in zip(WINDOW_LIMITS, limits(runtime, READ_WINDOW), strict=True):
            bits = align.bit_length() - 1
            for offset in (0, 1, 2, 3, 4, 62, 63, 64, 4032, 4033, 4092, 4093, 4094, 4095, 4096):
                turned = (offset >> bits | offset << 32 - bits) & 0xFFFF_FFFF
                fits = offset + size <= 4096 and offset % align == 0
                if strict and align < size and size > 1 and align == 1:
                    fits = False  # these look closer
                assert (turned < limit) == fits, (size, align, offset)

    @pytest.mark.parametrize(
        ("run", "part"),
        [
            (Run(16, 31), (16, 31)),
            (Run(0, 0), (0, 0)),
            (Run(1, 6), (2, 3)),
            (Run(3, 12), (4, 7)),
            (Run(1, 16), (8, 15)),
            (FULL, FULL),
        ],
    )
    def test_a_mask_finds_its_largest_part(self, window, runtime, run, part) -> None:
        window.offer(words_of(run), 0x7000)
        window.open(strict=False)
        pages = {run.first, run.last, part[0], part[1], part[0] - 1, part[1] + 1, 0, PAGES - 1}
        for number, size in enumerate(MASKED):
            at = (READ_WINDOW + WINDOW_MASKS >> 2) + 2 * number
            mask, wanted = runtime.words[at], runtime.words[at + 1]
            for page in pages & {*range(PAGES)}:
                for offset in (0, 1, 2, 3, 4, 4092, 4094, 4095):
                    within = part[0] <= page <= part[1] and offset % size == 0
                    found = ~((page << 12) + offset) & mask == wanted
                    assert found == within, (size, page, offset)

    @pytest.mark.parametrize("words", [1, 2, 15, 16, 17])
    def test_it_can_be_shorter_than_some_accesses(self, window, runtime, words) -> None:
        window.offer(Run(100, 99 + words), 0x7000)
        window.open(strict=False)
        assert limits(runtime, READ_WINDOW) == [
            4 * words, 4 * words - 1, 4 * words - 3, 2 * words, words, max(words - 15, 0)
        ]  # fmt: skip

    def test_it_finds_nothing_where_there_is_none(self, window, runtime) -> None:
        window.open(strict=False)
        at = READ_WINDOW + WINDOW_MASKS >> 2
        assert all(runtime.words[at + 2 * n] & runtime.words[at + 2 * n + 1] == 0 for n in range(3))
        assert all(runtime.words[at + 2 * n + 1] for n in range(3))

    def test_it_can_be_all_there_is(self, window, runtime) -> None:
        window.offer(words_of(FULL), 0x7000_0000_0000)
        window.open(strict=False)
        assert limits(runtime, READ_WINDOW)[0] == 0xFFFF_FFFF
        assert limits(runtime, READ_WINDOW)[2] == 0xFFFF_FFFD


def limits(runtime: RuntimeBlock, at: int) -> list[int]:
    first = at + WINDOW_SIZES >> 2
    return list(runtime.words[first : first + len(WINDOW_LIMITS)])


class TestTables:
    """An entry for each virtual page: what to add to get the host's address; 0: not in reach."""

    NUMBER = 2

    @pytest.fixture
    def tables(self, runtime) -> AccessTables:
        return AccessTables(runtime, self.NUMBER, (READ_WINDOW, WRITE_WINDOW))

    @pytest.fixture
    def memory(self) -> Iterator[memoryview]:
        yield memoryview(mmap.mmap(-1, 64 << 12))

    def entries(self, runtime, name: str, first: int, last: int) -> list[int]:
        at = place(name, self.NUMBER) // 8
        return list(runtime.longs[at + first : at + last + 1])

    def page(self, memory: memoryview, shift: int, physical: int, watch=None) -> Page:
        return (memory, shift, physical, watch)

    def test_pages_that_are_let_in_have_entries(self, tables, runtime, memory) -> None:
        tables.admit(Run(8, 10), self.page(memory, -(8 << 12), 8), True, True)
        addend = address_of(memory) - (8 << 12)
        assert self.entries(runtime, "read", 7, 11) == [0, *[addend] * 3, 0]
        assert self.entries(runtime, "write", 7, 11) == [0, *[addend] * 3, 0]
        assert [window.run for window in tables.windows] == [words_of(Run(8, 10))] * 2

    @pytest.mark.parametrize(("readable", "writable"), [(True, False), (False, True)])
    def test_for_what_they_are_let_in_for(self, tables, runtime, memory, readable, writable):
        tables.admit(Run(8, 10), self.page(memory, -(8 << 12), 8), readable, writable)
        assert bool(self.entries(runtime, "read", 9, 9)[0]) is readable
        assert bool(self.entries(runtime, "write", 9, 9)[0]) is writable

    def test_read_only_buffers_have_no_address_and_no_entries(self, tables, runtime) -> None:
        tables.admit(Run(0, 1), self.page(memoryview(bytes(8192)), 0, 0), True, False)
        assert self.entries(runtime, "read", 0, 1) == [0, 0]

    def test_other_sets_of_pages_know_nothing_of_them(self, tables, runtime, memory) -> None:
        tables.admit(Run(0, 3), self.page(memory, 0, 0), True, True)
        at = place("read", self.NUMBER + 1) // 8
        assert list(runtime.longs[at : at + 4]) == [0] * 4

    def test_forgotten_are_just_those_of_the_physical_pages(self, tables, runtime, memory) -> None:
        tables.admit(Run(16, 31), self.page(memory, -(16 << 12), 100), True, True)
        assert tables.forget(104, 105) == [(20, 21)]
        assert [bool(one) for one in self.entries(runtime, "read", 19, 22)] == [1, 0, 0, 1]
        assert tables.windows[0].run == words_of(Run(22, 31))
        assert tables.forget(104, 105) == []
        assert tables.forget(0, 103) == [(16, 19)]
        assert tables.forget(110, 500) == [(26, 31)]
        assert [bool(one) for one in self.entries(runtime, "read", 21, 27)] == [0, *[1] * 4, 0, 0]

    def test_all_of_them_are_with_the_translations(self, tables, runtime, memory) -> None:
        tables.admit(Run(16, 31), self.page(memory, -(16 << 12), 100), True, True)
        tables.clear()
        assert not any(self.entries(runtime, "read", 0, 63) + self.entries(runtime, "write", 0, 63))
        assert tables.windows[0].run.last < tables.windows[0].run.first

    def test_letting_the_same_in_again_and_again_needs_no_more_memory(self, tables, memory) -> None:
        for _ in range(50):
            tables.admit(Run(0, 3), self.page(memory, 0, 0), True, True)
        assert len(tables._admitted) == 1

    # Words that somebody is to be told of

    def watched(self, tables, memory) -> WriteWatch:
        watch = WriteWatch()
        tables.admit(Run(16, 31), self.page(memory, -(16 << 12), 0, watch), True, True)
        watch.join(_Told(tables))
        return watch

    def test_their_page_is_marked_and_they_are_out_of_the_window_for_writes(
        self, tables, runtime, memory
    ) -> None:
        watch = self.watched(tables, memory)
        watch.watch(0x2100, 0x2107)
        entries = self.entries(runtime, "write", 17, 19)
        assert [bool(one & WATCHED) for one in entries] == [False, True, False]
        assert tables.windows[0].run == words_of(Run(16, 31))
        assert tables.windows[1].run == (0x1_2108 >> 2, 32 * 1024 - 1)

    def test_each_has_a_bit(self, tables, runtime, memory) -> None:
        watch = self.watched(tables, memory)
        watch.watch(0x2100, 0x2107)  # words 64 and 65 of the page
        at = (place("watched", self.NUMBER) >> 3) + 18 * 16
        assert list(runtime.longs[at : at + 3]) == [0, 0b11, 0]

    def test_a_page_that_is_watched_before_it_is_let_in_is_marked_too(
        self, tables, runtime, memory
    ) -> None:
        watch = WriteWatch()
        watch.watch(0x2100, 0x2107)
        tables.admit(Run(16, 31), self.page(memory, -(16 << 12), 0, watch), True, True)
        assert self.entries(runtime, "write", 18, 18)[0] & WATCHED
        assert tables.windows[1].run == (0x1_2108 >> 2, 32 * 1024 - 1)

    def test_the_window_is_the_largest_range_between_them(self, tables, memory) -> None:
        watch = WriteWatch()
        for at in (0x0FFC, 0x1004, 0x5010, 0xFF00):
            watch.watch(at, at + 3)
        tables.admit(Run(16, 31), self.page(memory, -(16 << 12), 0, watch), True, True)
        assert tables.windows[1].run == (0x1_5014 >> 2, (0x1_FF00 >> 2) - 1)
        watch.join(_Told(tables))
        watch.watch(0x6000, 0x6003)
        assert tables.windows[1].run == (0x1_6004 >> 2, (0x1_FF00 >> 2) - 1)

    def test_the_window_is_looked_for_again_as_seldom_as_there_are_many_words(
        self, tables, memory
    ) -> None:
        """A program that writes its own code lets its pages in with every store."""
        watch = WriteWatch()
        watched = range(0x1000, 0x2000, 8)
        for at in watched:
            watch.watch(at, at + 3)
        same = (Run(16, 31), self.page(memory, -(16 << 12), 0, watch), True, True)
        tables.admit(*same)
        watch.join(_Told(tables))
        for at in watched:
            watch.wrote(at, 4)
        cut = tables.windows[1].run
        assert cut.first == 0x1_1FFC >> 2
        for _ in range(AGAIN + len(watched)):
            tables.admit(*same)
            assert tables.windows[1].run == cut
        tables.admit(*same)
        assert tables.windows[1].run == words_of(Run(16, 31))

    def test_words_that_the_window_does_not_have_leave_it_as_it_is(self, tables, memory) -> None:
        watch = self.watched(tables, memory)
        watch.watch(0x2100, 0x2103)
        for at in (0x2000, 0x20F0, 0x2108):
            watch.watch(at, at + 3)
            first = max(at, 0x2100) + 4
            assert tables.windows[1].run == (0x1_0000 + first >> 2, 32 * 1024 - 1)

    def test_when_they_have_been_written_the_mark_is_gone(self, tables, runtime, memory) -> None:
        watch = self.watched(tables, memory)
        watch.watch(0x2100, 0x2107)
        watch.wrote(0x2100, 8)
        assert self.entries(runtime, "write", 18, 18) == self.entries(runtime, "write", 19, 19)

    def test_one_page_under_two_addresses_is_marked_at_both(self, tables, runtime, memory) -> None:
        watch = WriteWatch()
        tables.admit(Run(0, 3), self.page(memory, 0, 0, watch), True, True)
        tables.admit(Run(32, 35), self.page(memory, -(32 << 12), 0, watch), True, True)
        watch.join(_Told(tables))
        watch.watch(0x1000, 0x1003)
        assert self.entries(runtime, "write", 1, 1)[0] & WATCHED
        assert self.entries(runtime, "write", 33, 33)[0] & WATCHED


class _Told:
    def __init__(self, tables: AccessTables) -> None:
        self.tables = tables

    def page_watched(self, watch: WriteWatch, page: int) -> None:
        self.tables.page_watched(watch, page)

    def written(self, watch: WriteWatch, start: int, end: int) -> None:
        pass


# What programs see of it


@pytest.mark.parametrize("isa", [PLAIN, PINNED], ids=["memory", "pins"])
class TestAccesses:
    @pytest.mark.parametrize("offset", [0, 1, 2, 3, 0xFFC, 0xFFD, 0xFFE, 0xFFF, 0x1000])
    @pytest.mark.parametrize("verb", ["ldu", "stu"])
    def test_unaligned_ones_are_right_across_pages(self, isa, verb, offset) -> None:
        program = f"""
            addi r1, r1, 0x1234
            st r1, r0, 0x2ffc
            st r1, r0, 0x3000
            {verb} r1, r0, {0x2000 + offset}
            add r2, r2, r1
            b -20
        """
        bench = both(program, 300, isa=isa)
        assert not bench.core.halted

    @pytest.mark.parametrize("offset", range(SIZE - 5, SIZE))
    @pytest.mark.parametrize("verb", ["ldu", "stu"])
    def test_and_at_the_end_of_memory(self, isa, verb, offset) -> None:
        """The last that fits is done, one byte more is a fault."""
        ends = []
        for engine in ("reference", "translator"):
            bench = Bench(f"addi r1, r0, {SIZE - 5}\naddi r2, r2, 3\nb 4", engine, isa)
            bench.write(12, f"{verb} r2, r1, {offset - SIZE + 5}\nb -8")
            bench.run(200)
            ends.append((bench.core.halted, bench.core.pc, list(bench.core.r)))
        assert ends[0] == ends[1]
        assert ends[0][0] is (offset > SIZE - 4)

    @pytest.mark.parametrize("verb", ["ld", "st", "sum4", "st4"])
    @pytest.mark.parametrize("offset", [0, 1, 2, 3, 0xFF0, 0xFF4, 0xFFC])
    def test_those_that_must_be_aligned_fault_where_they_are_not(self, isa, verb, offset) -> None:
        program = f"addi r2, r2, 3\n{verb} r2, r0, {0x2000 + offset}\nb -8"
        ends = []
        for engine in ("reference", "translator"):
            bench = Bench(program, engine, isa)
            bench.run(100)
            ends.append((bench.core.halted, bench.core.pc, list(bench.core.r)))
        assert ends[0] == ends[1]

    @pytest.mark.parametrize("strict", [False, True])
    @pytest.mark.parametrize("offset", [0, 2, 3, 0xFFE])
    def test_where_alignment_is_asked_for_all_of_them_look(self, isa, strict, offset) -> None:
        """A core that is strict is asked for; here nobody refuses, so the result is the same."""
        outcomes = []
        for engine in ("reference", "translator"):
            bench = Bench(f"addi r2, r2, 3\nstu r2, r0, {0x2000 + offset}\nb -8", engine, isa)
            bench.core.strict_alignment = strict
            bench.run(100)
            outcomes.append(bench.outcome())
        assert outcomes[0] == outcomes[1]

    def test_a_span_over_the_end_of_memory_does_what_the_words_in_it_do(self, isa) -> None:
        ends = []
        for engine in ("reference", "translator"):
            bench = Bench(f"addi r2, r0, 9\nst4 r2, r0, {SIZE - 8}\nb 0", engine, isa)
            bench.run(50)
            ends.append((bench.core.halted, bench.core.pc, bench.word(SIZE - 8)))
        assert ends[0] == ends[1]

    def test_stores_beside_code_in_its_page_hit_just_what_they_hit(self, isa) -> None:
        program = """
            addi r1, r1, 1
            stb r1, r0, 0x1f
            stu r1, r0, 0x21
            st4 r1, r0, 0x24
            b -16
        """
        bench = both(program, 2000, isa=isa)
        assert bench.core.instructions == 2000

    @pytest.mark.parametrize("store", ["stu r3, r0, 0x400", "stb r6, r0, 0x400"])
    def test_stores_are_seen_where_code_has_come_to_be_since_the_last_one(self, isa, store) -> None:
        """`addi r2, r2, n; jr r7` is written where there was data; n is another in each round.

        The program is behind that, so that it is not in the window for writes.
        """
        program = f"""
            addi r7, r0, 0x604
            addi r6, r6, 1
            stu r6, r0, 0x480
            ldu r3, r0, 0x100
            add r3, r3, r6
            {store}
            ldu r4, r0, 0x104
            stu r4, r0, 0x404
            stu r6, r0, 0x484
            addi r5, r0, 0x400
            jr r5
        """

        def prepare(bench: Bench) -> None:
            bench.write(0x600, program)
            bench.write(0x100, "addi r2, r2, 0\njr r7")
            bench.write(0x400, "addi r2, r2, 0")

        registers = both("b 0x600", 1500, prepare, isa=isa).core.r
        rounds = registers[6]
        assert rounds > 100
        assert registers[2] >= rounds * (rounds - 1) // 2

    @pytest.mark.parametrize("at", [0x4FC, 0x4FD, 0x4FE, 0x4FF])
    def test_unaligned_ones_into_code_that_follows_are_seen_too(self, isa, at) -> None:
        """`addi r6, r6, n; jr r7` is behind a part without code; its n is counted up."""
        program = f"""
            addi r7, r0, 0x608
            ldu r8, r0, 0x110
            stu r6, r0, 0x480
            ldu r3, r0, {at}
            add r3, r3, r8
            stu r3, r0, {at}
            addi r5, r0, 0x500
            jr r5
        """

        def prepare(bench: Bench) -> None:
            bench.write(0x600, program)
            bench.put(0x110, 1 << 8 * (0x500 - at) & 0xFFFF_FFFF)
            bench.write(0x500, "addi r6, r6, 1\njr r7")

        bench = both("b 0x600", 900, prepare, isa=isa)
        assert (bench.word(0x500) & 0xFF > 100) is (at > 0x4FC)

    @pytest.mark.parametrize("at", range(17, 21))
    def test_unaligned_ones_at_the_edge_of_code_too(self, isa, at) -> None:
        """The program ends at 0x14; its last word is written over with itself, or not touched."""
        program = f"ldu r1, r0, {at}\nstu r1, r0, {at}\naddi r2, r2, 1\nb 4\nb -16"
        both(program, 1000, isa=isa)

    def test_devices_are_out_of_reach(self, isa) -> None:
        bench = Bench(f"addi r1, r0, {DEVICE >> 1}\nadd r1, r1, r1\nldu r2, r1, 0\nb -4", isa=isa)
        bench.run(100)
        assert len(bench.probe.log) > 40
