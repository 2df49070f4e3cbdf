"""What stands on a page beside its digits, and on its back."""

from dataclasses import replace

import numpy as np
import pytest

from appliance.scenes import beside, generate
from appliance.scenes.light import Light
from appliance.scenes.optics import Optics
from appliance.scenes.pages import plan_page
from appliance.scenes.paper import new_paper, roughened
from appliance.scenes.pens import Ink, paint_ink
from appliance.scenes.scene import Plan, paint

INK = Ink("felt", (0.0, 0.0, 0.0), 1.0, 0.0)


def printed_page(seed: int, digits: str) -> Plan:
    """A page whose back is printed on, if that can shine through."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beside, "BACK", 1)
        patch.setattr(beside, "STIFF", frozenset())
        return plan_page(np.random.default_rng(seed), (480, 640), digits, None)


@pytest.mark.parametrize("seed", range(6))
def test_print_on_the_back_is_faintly_seen_and_is_no_writing(seed: int) -> None:
    plan = printed_page(seed, "3")
    plan = replace(plan, optics=Optics(), light=Light(), others=())
    printed, plain = (
        paint(np.random.default_rng(1), each) for each in (plan, replace(plan, through=()))
    )
    assert np.array_equal(plain.ink, printed.ink)
    assert not printed.marks.any()
    print_ = np.zeros_like(plain.ink)
    for strokes in plan.through:
        paint_ink(np.random.default_rng(1), plain.frame.copy(), INK, strokes, print_)
    bare = (print_ > 0.75 * print_.max()) & (plain.ink == 0)
    change = printed.frame[bare].astype(float).mean() - plain.frame[bare].mean()
    assert 2 < abs(change) < 60


def test_a_sheet_on_a_table_shows_neither_print_nor_anything_else() -> None:
    plans = [printed_page(seed, "40769") for seed in range(24)]
    on_table = [plan for plan in plans if plan.background != "none"]
    assert on_table
    assert not any(plan.through or plan.others for plan in on_table)
    assert all(plan.through for plan in plans if plan.background == "none")


@pytest.mark.parametrize("paper", ["whiteboard", "slate", "black"])
def test_no_print_shines_through_what_is_stiff_or_dark(paper: str) -> None:
    random = np.random.default_rng(1)
    assert not any(beside.printed_back(random, paper, (480, 640)) for _ in range(60))
    assert any(beside.printed_back(random, "white", (480, 640)) for _ in range(60))


def test_words_stand_beside_digits_not_on_them() -> None:
    pages = [generate(np.random.default_rng(seed), "page", (240, 320)) for seed in range(60)]
    beside_digits = [page for page in pages if page.marks.any()]
    assert len(beside_digits) > 4
    for scene in beside_digits:
        both = (scene.ink > 127) & (scene.marks > 127)
        assert both.sum() <= 0.02 * (scene.ink > 127).sum()


def test_some_sheets_are_coarse() -> None:
    random = np.random.default_rng(1)
    plain = new_paper(random, "kraft", (0, 0, 100, 100), 20)
    sheets = [roughened(random, plain) for _ in range(60)]
    coarse = [sheet for sheet in sheets if sheet is not plain]
    assert all(sheet.roughness >= plain.roughness for sheet in coarse)
    assert 2 < len(coarse) < 30
    assert len({sheet.grain for sheet in coarse}) > 1
