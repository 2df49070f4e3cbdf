"""Notes and tables: where digits stand between words, and in columns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from appliance.scenes import notes
from appliance.scenes.digits import DIGITS
from appliance.scenes.notes import COLUMNS, MOST, ROWS, write_notes
from appliance.scenes.scene import text_lines
from appliance.scenes.writer import new_writer
from appliance.scenes.writing import Mark, extent

PEN = 0.08


def drawn(count: int, lines: list[str] | None = None) -> Iterator[list[Mark]]:
    for seed in range(count):
        rng = np.random.default_rng(seed)
        yield write_notes(rng, new_writer(rng), PEN, lines)


def digits_of(marks: list[Mark]) -> list[Mark]:
    return [mark for mark in marks if mark.sign in DIGITS]


def test_the_lines_asked_for_stand_between_words_in_their_order() -> None:
    for marks in drawn(30, ["407", "1", "55"]):
        assert text_lines(digits_of(marks)) == ("407", "1", "55")
        bottoms = [np.mean([extent([m])[3] for m in digits_of(marks) if m.line == line])
                   for line in range(3)]  # fmt: skip
        assert bottoms == sorted(bottoms)
        assert len(marks) > 6, "there are words too"


@pytest.fixture
def no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "TABLES", 0.0)


@pytest.fixture
def tables_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "TABLES", 1.0)


@pytest.mark.usefixtures("no_tables")
def test_words_and_digits_keep_apart() -> None:
    for marks in drawn(30):
        digits = digits_of(marks)
        lines = [extent([m for m in digits if m.line == n]) for n in {m.line for m in digits}]
        for word in (extent([mark]) for mark in marks if mark.sign not in DIGITS):
            assert all(word[3] < line[1] or word[1] > line[3] for line in lines)


@pytest.mark.usefixtures("no_tables")
def test_digits_are_close_to_each_other_or_far_apart() -> None:
    usual = []
    for marks in drawn(80):
        digits = digits_of(marks)
        gaps = [extent([b])[0] - extent([a])[2] for a, b in pairwise(digits) if a.line == b.line]
        if gaps:
            usual.append(float(np.median(gaps)))
    assert 0.4 < np.mean(np.array(usual) < 0.8) < 0.9
    assert np.mean(np.array(usual) > 1.2) > 0.1


@pytest.mark.usefixtures("tables_only")
def test_a_table_has_the_same_columns_in_each_row() -> None:
    for marks in drawn(40):
        rows = [[m for m in marks if m.line == n] for n in range(max(m.line for m in marks) + 1)]
        assert all(mark.sign in DIGITS for mark in marks)
        assert ROWS[0] <= len(rows) <= ROWS[1]
        assert len(marks) <= MOST
        assert COLUMNS[0] <= len(rows[0]) <= 3 * COLUMNS[1]
        assert {len(row) for row in rows} == {len(rows[0])}
        starts = np.array([extent(row[:1])[0] for row in rows])
        np.testing.assert_allclose(starts, starts[0], atol=1e-6)
        assert all(extent([a])[2] < extent([b])[0] for row in rows for a, b in pairwise(row))


def even(marks: list[Mark]) -> bool:
    """Whether all 0s of a table, three or more, are exactly as high."""
    boxes = [extent([mark]) for mark in marks if mark.sign == "0"]
    return len({round(bottom - top, 3) for _, top, _, bottom in boxes}) == 1


@pytest.mark.usefixtures("tables_only")
@pytest.mark.parametrize("printed", [True, False])
def test_digits_of_a_printed_table_are_all_alike(
    printed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "PRINTED", float(printed))
    tables = [marks for marks in drawn(60) if sum(mark.sign == "0" for mark in marks) > 2]
    assert len(tables) > 10
    assert {even(marks) for marks in tables} == {printed}
