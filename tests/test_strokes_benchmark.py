"""Digits of all sizes and widths: what is drawn, and the table."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from benchmarks import strokes


def ink(page: np.ndarray) -> np.ndarray:
    return np.argwhere(page < 135)


@pytest.mark.parametrize("digit", "0123456789")
@pytest.mark.parametrize("height", [40, 300])
def test_a_digit_is_as_high_as_asked(digit: str, height: int) -> None:
    spots = ink(strokes.page_of(np.random.default_rng(3), digit, height, 0.1))
    assert np.ptp(spots[:, 0]) + 1 == pytest.approx(height, abs=0.04 * height + 1)
    assert (spots > 0).all()
    assert (spots < np.array(strokes.PAGE) - 1).all()


def test_the_line_of_a_1_is_as_wide_as_asked() -> None:
    spots = ink(strokes.page_of(np.random.default_rng(2), "1", 400, 0.2))
    rows = spots[:, 0]
    middle = spots[rows == (rows.min() + rows.max()) // 2, 1]
    assert len(middle) == pytest.approx(80, rel=0.25)  # it may lean


def test_every_height_has_a_line_and_every_width_a_column(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["strokes", "--count", "2", "--light"])
    monkeypatch.setattr(strokes, "HEIGHTS", (24, 100))
    monkeypatch.setattr(strokes, "WIDTHS", (0.02, 0.1))
    strokes.main()
    head, low, high = capsys.readouterr().out.splitlines()
    assert head.split()[-2:] == ["2%", "10%"]
    assert low.split()[3] == "-"
    assert high.split()[3:] == ["100", "/", "0"] * 2


def test_no_digits_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["strokes", "--count", "0"])
    with pytest.raises(SystemExit):
        strokes.main()
    assert "--count must be 1 or more" in capsys.readouterr().err
