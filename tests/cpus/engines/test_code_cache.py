"""What has been translated is kept while it is true, and not longer; and not without end."""

from __future__ import annotations

import pytest

from cosim.cpus.engines.runtime_block import REGIMES
from cosim.cpus.engines.translator import Translator
from cosim.cpus.translation import Translation
from tests.cpus.engines.bench import Bench, both, native

pytestmark = native

COUNT = "addi r1, r1, {}\nb -4"


class Mmu:
    """Virtual page n is physical page `pages[n]`; others are not mapped."""

    def __init__(self, **pages: int) -> None:
        self.pages = {int(name[1:]): page for name, page in pages.items()}

    def translate(self, address: int, access: str, user: bool) -> Translation:
        return Translation(self.pages[address >> 12] << 12 | address & 0xFFF, 0x1000)

    def probe(self, address: int) -> int | None:
        return self.pages[address >> 12] << 12 | address & 0xFFF


class Counted:
    """How many blocks a core has translated."""

    def __init__(self, bench: Bench) -> None:
        self.keys: list[int] = []
        bench.core.code_watchers.append(
            lambda block, at, code, parts: self.keys.append(block.key) if not block.code else None
        )

    def take(self) -> int:
        count = len(self.keys)
        self.keys.clear()
        return count


class TestRegimes:
    """Sets of pages: a core may have more of them than there are tables."""

    def bench(self, count: int) -> tuple[Bench, list[Mmu]]:
        bench = Bench("", size=0x1_0000)
        mmus = []
        for number in range(count):
            mmus.append(Mmu(p0=number + 1))
            bench.write(number + 1 << 12, COUNT.format(number + 1))
        return bench, mmus

    @pytest.mark.parametrize("count", [2, REGIMES, REGIMES + 1, 14])
    def test_each_has_its_own_blocks_at_the_same_addresses(self, count) -> None:
        bench, mmus = self.bench(count)
        core = bench.core
        for _ in range(3):
            for number, mmu in enumerate(mmus):
                core.state["pc"] = core.state["r1"] = 0
                core.port.select(number, mmu)
                bench.run(20)
                assert core.r[1] == 10 * (number + 1)

    def test_there_are_never_more_than_there_is_room_for(self) -> None:
        bench, mmus = self.bench(14)
        for number, mmu in enumerate(mmus * 2):
            bench.core.state["pc"] = 0
            bench.core.port.select(number % 14, mmu)
            bench.run(20)
        regimes = bench.translator.cache.regimes
        assert sorted(regime.number for regime in regimes) == list(range(REGIMES))
        assert len({id(regime.pages) for regime in regimes}) == REGIMES

    def test_one_that_comes_back_begins_anew_with_what_it_has_in_reach(self) -> None:
        bench, mmus = self.bench(9)
        for number, mmu in enumerate([*mmus, mmus[0]]):
            bench.core.state["pc"] = 0
            bench.core.port.select(number % 9, mmu)
            bench.run(20)
        regime = bench.translator.cache.regimes[-1]
        assert regime.pages is bench.core.port.pages
        assert [one.run for one in regime.tables._admitted] == [(0, 0)]


class TestParked:
    """After a TLB flush the blocks of a page wait for it to turn up again."""

    def bench(self) -> tuple[Bench, Mmu, Counted]:
        bench = Bench("")
        bench.write(0x1000, COUNT.format(1))
        bench.write(0x2000, COUNT.format(100))
        mmu = Mmu(p0=1)
        bench.core.port.select("user", mmu)
        bench.run(21)
        return bench, mmu, Counted(bench)

    def test_the_same_page_has_its_blocks_again(self) -> None:
        bench, _, translated = self.bench()
        bench.core.port.flush()
        bench.run(20)
        assert translated.take() == 0
        assert bench.core.r[1] == 21

    def test_another_page_at_that_address_has_not(self) -> None:
        bench, mmu, translated = self.bench()
        mmu.pages[0] = 2
        bench.core.port.flush()
        bench.core.state["pc"] = bench.core.state["r1"] = 0
        bench.run(20)
        assert bench.core.r[1] == 1000
        assert translated.take() > 0

    def test_two_pages_that_take_turns_there_are_translated_once(self) -> None:
        bench, mmu, translated = self.bench()
        for turn in range(6):
            mmu.pages[0] = 1 + turn % 2
            bench.core.port.flush()
            bench.core.state["pc"] = bench.core.state["r1"] = 0
            bench.run(20)
            assert bench.core.r[1] == (1000 if turn % 2 else 10)
        assert translated.take() <= 4

    def test_of_those_each_ends_with_its_own_words(self) -> None:
        bench, mmu, _ = self.bench()
        for page in (2, 1):
            mmu.pages[0] = page
            bench.core.port.flush()
            bench.core.state["pc"] = 0
            bench.run(20)
        bench.write(0x2000, COUNT.format(5))
        for page, step in ((1, 1), (2, 5)):
            mmu.pages[0] = page
            bench.core.port.flush()
            bench.core.state["pc"] = bench.core.state["r1"] = 0
            bench.run(20)
            assert bench.core.r[1] == 10 * step

    def test_one_that_was_written_over_meanwhile_has_not(self) -> None:
        bench, _, _ = self.bench()
        bench.core.port.flush()
        bench.ram.buffer[0x1000:0x1004] = (0x0111_0007).to_bytes(4, "little")  # addi r1, r1, 7
        bench.ram.watch.wrote(0x1000, 4)
        bench.core.state["pc"] = bench.core.state["r1"] = 0
        bench.run(20)
        assert bench.core.r[1] == 70

    def test_a_page_that_is_not_there_any_more_is_not_executed(self) -> None:
        bench, mmu, _ = self.bench()
        del mmu.pages[0]
        bench.core.port.flush()
        with pytest.raises(KeyError):
            bench.run(20)

    def test_flushing_for_ever_needs_no_more_memory(self) -> None:
        bench = Bench("")
        bench.write(0x1000, "addi r1, r1, 1\nsleep\nb -8")  # the interpreter executes the second
        bench.core.port.select("user", Mmu(p0=1))
        cache, sizes = bench.translator.cache, []
        for _ in range(3):
            for _ in range(20):
                bench.core.port.flush()
                bench.run(3)
                bench.core.wake()
            sizes.append(sum(len(made) for made in cache._made_of.values()))
        assert sizes[1] == sizes[2]


class TestCodeMemory:
    SMALLEST = 0x4_0000

    def program(self, blocks: int) -> str:
        """A ring of so many blocks."""
        return "addi r1, r1, 1\nst4 r1, r0, 0x7f00\nb 4\n" * blocks + f"b {-12 * blocks}"

    @pytest.mark.parametrize("size", [SMALLEST, 0x5_0000])
    def test_when_it_is_full_it_is_emptied_and_all_goes_on(self, size, monkeypatch) -> None:
        emptied = []
        original = Translator._empty
        monkeypatch.setattr(
            Translator, "_empty", lambda self: (emptied.append(1), original(self))[1]
        )
        both(self.program(1500), 15_000, code_cache=size, quantum="1370ns")
        assert emptied

    def test_and_what_led_to_the_code_that_was_there_does_not_any_more(self) -> None:
        bench = Bench(self.program(1500), code_cache=self.SMALLEST)
        for _ in range(20):
            bench.run(1000)
            translator = bench.translator
            for regime in translator.cache.regimes:
                for block in filter(None, regime.blocks.values()):
                    assert block.valid
                    assert block.code < translator.patcher.used
                    assert all(at < translator.patcher.used for at, _ in block.incoming)
            leaves = translator.patcher.leaves
            assert all(leave.place < translator.patcher.used for leave in leaves)

    def test_a_size_that_no_block_fits_in_is_refused(self) -> None:
        with pytest.raises(ValueError, match="code_cache"):
            Bench("", code_cache=4096)

    def test_the_largest_blocks_fit_in_the_smallest_that_is_not(self) -> None:
        """Both copies of a block of the instructions with the most code."""
        program = "st4 r9, r10, 0x4000\n" * 64 + "b -256"
        both(program, 2000, code_cache=self.SMALLEST, quantum="310ns")


class TestChurn:
    def test_a_block_that_is_rewritten_for_ever_needs_no_more_memory(self) -> None:
        bench = Bench(COUNT.format(1), code_cache=0x4_0000)
        cache, sizes = bench.translator.cache, set()
        for round_ in range(10_000):
            bench.write(0, f"addi r1, r1, {round_ & 1}")
            if round_ % 50 == 0:
                bench.run(4)
            else:
                cache.add(cache.regime(bench.core.port.pages, False), 0, _page(bench), 8, None)
            if round_ > 100:
                sizes.add(len(cache._made_of))
                sizes.add(sum(len(made) for made in cache._made_of.values()))
        assert max(sizes) <= 4
        assert len(cache._watches) == len(bench.ram.watch._watchers) - 1 == 1

    def test_words_that_are_no_code_any_more_are_not_watched(self) -> None:
        bench = Bench(COUNT.format(1))
        bench.run(10)
        assert bench.ram.watch.pages == {0: 0b11}
        bench.put(0, 0)
        assert bench.ram.watch.pages == {0: 0b10}
        bench.put(4, 0)
        assert bench.ram.watch.pages == {}

    def test_data_in_the_words_beside_code_do_not_touch_it(self) -> None:
        bench = Bench("addi r1, r1, 1\nst r1, r0, 12\nb -8")
        bench.run(10)
        translated = Counted(bench)
        with bench.entries() as entered:
            bench.run(30_000)
        assert translated.take() == 0
        assert len(entered) <= 2
        assert bench.word(12) > 10_000


def _page(bench: Bench):
    return bench.core.port.fetch_pages[0]
