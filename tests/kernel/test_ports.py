"""Ports and exports: bound at elaboration, and checked."""

from __future__ import annotations

import pytest

from cosim.kernel.fifo import Fifo
from cosim.kernel.hierarchy import Module
from cosim.kernel.kernel import Kernel
from cosim.kernel.ports import Export, FifoIn, FifoOut, InPort, OutPort, Port, PortPolicy
from cosim.kernel.report import KernelError
from cosim.kernel.signals import Signal, Writers


class Inverter(Module):
    """Two ports and a process that is sensitive to one before it is bound."""

    def __init__(self, owner, name: str) -> None:
        super().__init__(owner, name)
        self.a, self.y = InPort[bool](self, "a"), OutPort[bool](self, "y")
        self.method(lambda: self.y.write(not self.a.read()), self.a, name="invert")


class Twice(Module):
    """Binds its inner modules' ports to its own."""

    def __init__(self, owner, name: str) -> None:
        super().__init__(owner, name)
        self.a, self.y = InPort[bool](self, "a"), OutPort[bool](self, "y")
        between = Signal(self, False, "between")
        first, second = Inverter(self, "first"), Inverter(self, "second")
        first.a.bind(self.a)
        first.y.bind(between)
        second.a.bind(between)
        second.y.bind(self.y)


def test_ports_reach_channels_through_levels_of_modules(kernel: Kernel) -> None:
    a, y = Signal(kernel, False, "a"), Signal(kernel, True, "y")
    top = Twice(kernel, "top")
    top.a.bind(a)
    top.y.bind(y)
    kernel.run(1)
    assert y.read() is False
    a.write(True)
    kernel.run(1)
    assert y.read() is True


def test_a_process_can_be_sensitive_to_an_edge_at_a_port(kernel: Kernel) -> None:
    clock, log = Signal(kernel, False, "clock"), []
    top = Module(kernel, "top")
    port = InPort[bool](top, "clock")
    top.method(lambda: log.append("rises"), port.posedge, name="rise", initialize=False)
    top.method(lambda: log.append("falls"), port.negedge, name="fall", initialize=False)
    port.bind(clock)
    for value in (True, False):
        clock.write(value)
        kernel.run(1)
    assert log == ["rises", "falls"]


def refuses(kernel: Kernel, problem: str) -> None:
    with pytest.raises(KernelError, match=problem):
        kernel.run(1)


def test_an_unbound_port_is_named(kernel: Kernel) -> None:
    Inverter(Module(kernel, "board"), "inv")
    refuses(kernel, r"port board\.inv\.a is not bound \(at least one needed\)")


def test_a_port_of_any_number_may_stay_unbound(kernel: Kernel) -> None:
    port = InPort[int](kernel, "p", policy=PortPolicy.ZERO_OR_MORE)
    kernel.run(1)
    assert port.channels == []
    with pytest.raises(KernelError, match="port p is not bound"):
        port.read()


@pytest.mark.parametrize(
    ("size", "policy", "count", "problem"),
    [
        (1, PortPolicy.ONE_OR_MORE, 2, "takes 1, not 2"),
        (3, PortPolicy.ALL, 2, "bound to 2, of 3"),
        (3, PortPolicy.ALL, 3, None),
        (0, PortPolicy.ONE_OR_MORE, 5, None),
    ],
)
def test_how_many_channels_a_port_takes(kernel, size, policy, count, problem) -> None:
    port = InPort[int](kernel, "p", size, policy)
    for _ in range(count):
        port.bind(Signal(kernel, 0))
    if problem:
        refuses(kernel, problem)
    else:
        kernel.run(1)
        assert len(port.channels) == count


def test_a_channel_is_bound_once(kernel: Kernel) -> None:
    signal, port = Signal(kernel, 0, "s"), InPort[int](kernel, "p", size=2)
    port.bind(signal)
    port.bind(signal)
    refuses(kernel, "port p is bound to one channel twice")


def test_a_port_bound_to_itself_is_an_error(kernel: Kernel) -> None:
    one, two = InPort[int](kernel, "one"), InPort[int](kernel, "two")
    one.bind(two)
    two.bind(one)
    refuses(kernel, "is bound to itself")


def test_the_interface_is_checked(kernel: Kernel) -> None:
    with pytest.raises(KernelError, match="port p needs a Signal, and f is a Fifo"):
        InPort[int](kernel, "p").bind(Fifo(kernel, name="f"))
    with pytest.raises(KernelError, match="port q needs a Fifo, and p is a Signal"):
        FifoIn[int](kernel, "q").bind(kernel.objects["p"])


def test_binding_ends_with_elaboration(kernel: Kernel) -> None:
    port = InPort[int](kernel, "p", policy=PortPolicy.ZERO_OR_MORE)
    with pytest.raises(KernelError, match="port p is used before elaboration"):
        port.read()
    kernel.run(1)
    with pytest.raises(KernelError, match="port p is bound after elaboration"):
        port.bind(Signal(kernel, 0))


def test_an_export_offers_an_inner_channel(kernel: Kernel) -> None:
    inner = Module(kernel, "inner")
    signal = Signal(inner, 3, "s")
    outer_export, inner_export = (Export(inner, Signal, name) for name in ("outer", "deep"))
    outer_export.bind(inner_export)
    inner_export.bind(signal)
    port = InPort[int](kernel, "p")
    port.bind(outer_export)
    kernel.run(1)
    assert port.read() == 3


def test_exports_are_checked(kernel: Kernel) -> None:
    export = Export(kernel, Signal, "e")
    with pytest.raises(KernelError, match="export e needs a Signal"):
        export.bind(Fifo(kernel, name="f"))
    refuses(kernel, "export e is not bound")


def test_an_export_is_bound_once(kernel: Kernel) -> None:
    export = Export(kernel, Signal, "e")
    export.bind(Signal(kernel, 0))
    with pytest.raises(KernelError, match="bound twice"):
        export.bind(Signal(kernel, 1))


def test_a_port_takes_any_interface(kernel: Kernel) -> None:
    class Adder:
        def add(self, a: int, b: int) -> int:
            return a + b

    port = Port(kernel, Adder, "adder")
    port.bind(Adder())
    kernel.run(1)
    assert port.channel.add(1, 2) == 3


def test_S07_a_second_output_port_on_a_signal_with_one_writer(kernel: Kernel) -> None:
    signal = Signal(kernel, 0, "s")
    for name in ("first", "second"):
        OutPort[int](kernel, name).bind(signal)
    refuses(kernel, "signal s is driven by first and by second")


def test_S07_several_output_ports_where_the_signal_allows_it(kernel: Kernel) -> None:
    signal = Signal(kernel, 0, "s", Writers.MANY)
    for name in ("first", "second"):
        OutPort[int](kernel, name).bind(signal)
    InPort[int](kernel, "reader").bind(signal)
    kernel.run(1)


@pytest.mark.parametrize(("port", "does"), [(FifoIn, "read"), (FifoOut, "written")])
def test_F05_a_fifo_has_one_reader_and_one_writer(kernel, port, does) -> None:
    fifo = Fifo(kernel, name="f")
    for name in ("first", "second"):
        port(kernel, name).bind(fifo)
    refuses(kernel, f"fifo f is {does} by first and by second")


def test_F05_a_fifo_between_two_ports(kernel: Kernel) -> None:
    fifo, got = Fifo(kernel, 2, "f"), []
    reader, writer = FifoIn[int](kernel, "in"), FifoOut[int](kernel, "out")
    reader.bind(fifo)
    writer.bind(fifo)

    def produce():
        for value in range(5):
            yield from writer.write(value)

    def consume():
        for _ in range(5):
            value = yield from reader.read()
            got.append(value)

    kernel.thread(produce, "produce")
    kernel.thread(consume, "consume")
    kernel.run()
    assert got == list(range(5))
    assert (reader.num_available, writer.num_free) == (0, 2)
    assert reader.nb_read() == (False, None) and writer.nb_write(1)
