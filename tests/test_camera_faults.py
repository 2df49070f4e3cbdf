"""A thousand faults of a camera: none ends the loop, and each is said once."""

from __future__ import annotations

import pytest

from benchmarks.faults import KINDS, survive
from tests.rig import FixedReader


@pytest.mark.parametrize("seed", [1, 2])
def test_a_thousand_faults_are_each_said_once_and_it_reads_afterwards(seed: int) -> None:
    survival = survive(1000, FixedReader(), seed)
    assert sum(survival.faults.values()) >= 1000
    assert set(survival.faults) == set(KINDS)
    assert min(survival.faults.values()) > 100
    assert survival.outages > 300
    assert survival.said == survival.recovered == survival.outages
    assert survival.progress > 1000
    assert survival.reads
