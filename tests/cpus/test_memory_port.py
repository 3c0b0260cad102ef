"""The memory port under address translation: regimes, rights, page ends, invalidation."""

from __future__ import annotations

import pytest

from cosim.bus.memory import Memory
from cosim.bus.router import Router
from cosim.cpus.faults import MemoryFault
from cosim.cpus.memory_port import MemoryPort
from cosim.cpus.translation import Translation

RAM, SIZE = 0x10_0000, 0x10000
DEVICE, KILOBYTE = 0x20_0000, 0x30_0000


class Tables:
    """Virtual pages to physical ones, with rights; counts how often it is asked."""

    def __init__(self) -> None:
        self.pages = {0: (RAM, "rw"), 1: (RAM + 0x5000, "rw"), 2: (RAM + 0x3000, "r")}
        self.pages |= {3: (RAM + 0x1000, "x"), 4: (DEVICE, "d"), 5: (RAM + 0x7000, "k")}
        self.asked = 0

    def translate(self, address: int, access: str, user: bool) -> Translation:
        self.asked += 1
        start, rights = self.pages.get(address >> 12, (0, ""))
        needed = {"load": "r", "store": "w", "fetch": "x"}[access]
        if rights in ("d", "k"):
            needed = ""
        if not rights or needed not in rights or (user and rights == "r"):
            raise MemoryFault(access, address, 1, "translation", status=7)
        return Translation(
            start + (address & 0xFFF),
            1024 if rights == "k" else 4096,
            "r" in rights,
            "w" in rights,
            "x" in rights,
            rights == "d",
        )

    def probe(self, address: int) -> int | None:
        page = self.pages.get(address >> 12)
        return None if page is None else page[0] + (address & 0xFFF)


@pytest.fixture
def memory() -> Memory:
    return Memory("ram", SIZE)


@pytest.fixture
def tables() -> Tables:
    return Tables()


@pytest.fixture
def port(memory: Memory, tables: Tables) -> MemoryPort:
    router = Router()
    port = MemoryPort("cpu", "little", lambda: None, lambda delay: None)
    router.attach(port.socket)
    router.map("ram", memory.socket, RAM, SIZE)
    router.map("device", Memory("device", 0x1000).socket, DEVICE, 0x1000)
    port.select("kernel", tables)
    return port


def test_addresses_are_virtual(port: MemoryPort) -> None:
    port.store(0x1004, 0x12345678, 4)
    assert port.load(0x1004, 4) == 0x12345678
    port.select(None)
    assert port.load(RAM + 0x5004, 4) == 0x12345678


def test_a_translation_is_asked_for_once(port: MemoryPort, tables: Tables) -> None:
    for _ in range(5):
        port.load(0x10, 4)
    assert tables.asked == 1
    port.flush()
    port.load(0x10, 4)
    assert tables.asked == 2


def test_each_regime_has_its_own_pages(port: MemoryPort, tables: Tables) -> None:
    port.load(0x10, 4)
    port.select("user", tables)
    assert 0 not in port.read_pages
    port.load(0x10, 4)
    port.select("kernel", tables)
    assert 0 in port.read_pages
    assert tables.asked == 2


@pytest.mark.parametrize(
    ("access", "address"),
    [("store", 0x2000), ("fetch", 0x2000), ("load", 0x3000), ("load", 0x9000)],
)
def test_what_is_not_allowed_faults(port: MemoryPort, access: str, address: int) -> None:
    port.load(0x2000, 4)
    port.load(0x3000, 4, "fetch")
    with pytest.raises(MemoryFault) as caught:
        port.store(address, 0, 4) if access == "store" else port.load(address, 4, access)
    fault = caught.value
    assert (fault.access, fault.address, fault.cause) == (access, address, "translation")
    assert fault.status == 7


def test_user_rights_are_asked_for_each_time(port: MemoryPort, tables: Tables) -> None:
    port.load(0x2000, 4)
    with pytest.raises(MemoryFault):
        port.load(0x2000, 4, user=True)
    asked = tables.asked
    for _ in range(2):
        port.load(0x10, 4, user=True)
    assert tables.asked == asked + 2


def test_an_access_across_a_page_end_goes_to_both_pages(port: MemoryPort) -> None:
    port.store(0xFFE, 0xAABBCCDD, 4)
    assert port.load(0xFFE, 4) == 0xAABBCCDD
    port.select(None)
    assert port.load(RAM + 0xFFE, 2) == 0xCCDD
    assert port.load(RAM + 0x5000, 2) == 0xAABB


def test_a_store_across_a_page_end_has_no_effect_if_it_faults(port: MemoryPort) -> None:
    with pytest.raises(MemoryFault):
        port.store(0x1FFE, 0xAABBCCDD, 4)
    assert port.load(0x1FFE, 2) == 0


def test_device_memory_wants_aligned_accesses(port: MemoryPort) -> None:
    port.store(0x4000, 5, 4)
    assert port.load(0x4000, 4) == 5
    assert 4 not in port.read_pages
    with pytest.raises(MemoryFault) as caught:
        port.load(0x4002, 4)
    assert caught.value.cause == "alignment"


def test_pages_smaller_than_a_direct_one_are_translated_each_time(port, tables) -> None:
    for _ in range(3):
        port.store(0x5000, 1, 4)
    assert tables.asked == 3
    assert port.load(0x5000, 4) == 1


def test_invalidation_is_by_physical_address(port: MemoryPort, memory: Memory) -> None:
    port.load(0x10, 4)
    port.load(0x1010, 4)
    memory.socket.invalidate_direct_mem_ptr(0x5000, 0x5FFF)
    assert list(port.read_pages) == [0]


def test_debug_accesses_are_virtual_and_need_no_rights(port: MemoryPort) -> None:
    assert port.write_debug(0x1FF0, bytes(range(32))) == 32
    assert port.read_debug(0x1FF0, 32) == bytes(range(32))
    assert port.read_debug(0x8FF0, 32) == b""
