"""`bus:FILE`: the accesses of all initiators, one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path

from cosim.bus.transaction import Response
from cosim.kernel.units import SimTime
from cosim.trace.records import Access, Change, Scene

RESPONSES = {one: one.name for one in Response}


class BusLog:
    """Writes lines in the order of times; those of one time in the order of execution.

    The keys are the attributes of `Access`. Addresses are strings like "0x40600004", since a JSON
    reader may keep 53 bits of a number only; data is hexadecimal, a byte for each address.

    Args:
        fetches: whether the reads of instructions are logged.
    """

    wants_signals = False

    def __init__(self, path: Path, fetches: bool = False) -> None:
        self.wants_fetches = fetches
        self._file = path.open("w", encoding="ascii")
        self._names: dict[str, str] = {}

    def begin(self, scene: Scene) -> None:
        self._names = {one.name: json.dumps(one.name) for one in scene.initiators}

    def change(self, change: Change) -> None:
        """Signals are not on the bus."""

    def access(self, access: Access) -> None:
        # Put together here, since json.dumps takes as long as all the rest.
        line = (
            f'{{"time": {access.time}, "initiator": {self._names[access.initiator]}, '
            f'"command": "{access.command}", "address": "0x{access.address:08x}", '
            f'"length": {len(access.data)}, "data": "{access.data.hex()}", '
            f'"response": "{RESPONSES[access.response]}", "delay": {access.delay}'
        )
        if access.exclusive is not None:
            line += f', "exclusive": {json.dumps(access.exclusive)}'
        if access.byte_enable is not None:
            line += f', "byte_enable": "{access.byte_enable.hex()}"'
        if access.streaming_width:
            line += f', "streaming_width": {access.streaming_width}'
        self._file.write(line + "}\n")

    def close(self, time: SimTime) -> None:
        self._file.close()
