"""`bench`: what it prints. The figures themselves are nobody's test: they depend on the machine."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from appliance.cli import bench, measures
from appliance.cli.bench import Figure
from appliance.errors import ApplianceError

FIGURES = [Figure("fast", 7.0, "ms", 25), Figure("slow", 3.0, "s", 1.2), Figure("plain", 1, "s")]


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "measure", lambda: FIGURES)


def test_it_names_the_machine_and_says_which_targets_are_met() -> None:
    lines = CliRunner().invoke(bench.bench).output.splitlines()
    assert f"numpy {np.__version__}, OpenCV {cv2.__version__}," in lines[0]
    assert "cores" in lines[0]
    assert lines[1].split() == ["fast", "7", "ms", "at", "most", "25:", "met"]
    assert lines[2].endswith("at most 1.2: MISSED")
    assert lines[3].split() == ["plain", "1", "s"]


def test_json() -> None:
    answer = json.loads(CliRunner().invoke(bench.bench, ["--json"]).output)
    assert set(answer) == {"machine", "figures"}
    assert answer["figures"][1] == {
        "name": "slow",
        "value": 3.0,
        "unit": "s",
        "target": 1.2,
        "met": False,
    }


def test_the_picture_is_a_camera_frame(tmp_path: Path) -> None:
    measures.picture(str(tmp_path / "frame.jpg"))
    frame = cv2.imread(str(tmp_path / "frame.jpg"))
    assert frame is not None
    assert frame.shape == (960, 1280, 3)


def test_examples_leave_pixels_without_ink_as_mnist_does() -> None:
    data = measures.examples(2000)
    batches = data.glyphs[: 64 * 30].reshape(30, 64, -1)
    assert 470 < batches.any(axis=1).sum(axis=1).mean() < 525
    assert len(data) == 2000


def test_a_measurement_that_fails_is_told() -> None:
    with pytest.raises(ApplianceError, match="the measurement of 'nonsense' failed: KeyError"):
        bench._child("nonsense")
