"""`bench --stages`: that all of a reading's time is counted, once, and nothing stays replaced."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.cli import stages
from appliance.reader import Reader
from appliance.vision import eye


def test_a_stage_counts_without_those_within() -> None:
    ticks = iter([0.0, 1.0, 4.0, 10.0])
    watch = stages.Stages(lambda: next(ticks))
    inner = watch.timed("inner", lambda: None)
    watch.timed("outer", inner)()
    assert watch.seconds == {"inner": 3.0, "outer": 7.0}


def test_what_was_replaced_comes_back_even_after_an_error() -> None:
    before = (Reader.read, eye.view)
    with pytest.raises(KeyError), stages.measured(stages.Stages()):
        assert Reader.read is not before[0]
        raise KeyError
    assert (Reader.read, eye.view) == before


def test_the_stages_of_a_frame_make_up_the_whole() -> None:
    frame = np.full((240, 320, 3), 220, np.uint8)
    frame[60:180, 150:160] = 20
    answer = stages.measure([("stroke", frame)])
    assert answer["readings"]["all"]["frames"] == 1
    assert {"spotter", "recogniser", "classifier"} <= set(answer["stages"])
    assert sum(row["percent"] for row in answer["stages"].values()) == pytest.approx(100)
    assert answer["watch frame"] > 0
    assert "watch frame" in stages.report(answer)
