"""The instruction tables: each row is whole, and no two contradict each other."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cosim.cpus.arm import instruction_set as arm
from cosim.cpus.arm import thumb, vfp
from cosim.cpus.isa.instruction import Row
from cosim.cpus.isa.instruction_set import check_table
from cosim.cpus.microblaze import instruction_set as microblaze

TABLES = {
    "A32": arm.ROWS,
    "T32": thumb.ROWS,
    "VFP in T32": vfp.table(thumb=True),
    "MicroBlaze": microblaze.ROWS,
}


@pytest.mark.parametrize("rows", TABLES.values(), ids=TABLES)
def test_a_table_is_as_it_should_be(rows: Sequence[Row]) -> None:
    assert len(rows) > 60
    check_table(rows)
