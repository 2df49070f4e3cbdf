"""What stands on a page beside its digits, and on its back."""

import numpy as np
import pytest

from appliance.scenes import Scene, beside, generate
from appliance.scenes.paper import new_paper, roughened


def pages(seeds: int, **fixed: float) -> list[Scene]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in fixed.items():
            patch.setattr(beside, name, value)
        return [generate(np.random.default_rng(seed), "page", (240, 320)) for seed in range(seeds)]


def test_print_on_the_back_is_seen_but_is_no_writing() -> None:
    for plain, printed in zip(pages(12, BACK=-1), pages(12, BACK=1), strict=True):
        on_table = plain.description["background"] != "none"
        assert np.array_equal(plain.frame, printed.frame) is on_table
        assert np.array_equal(plain.ink, printed.ink)
        assert np.array_equal(plain.marks, printed.marks)
        assert plain.boxes == printed.boxes


def test_words_stand_beside_digits_not_on_them() -> None:
    beside_digits = [scene for scene in pages(40, BACK=-1) if scene.marks.any()]
    assert len(beside_digits) > 4
    for scene in beside_digits:
        both = (scene.ink > 127) & (scene.marks > 127)
        assert both.sum() <= 0.02 * (scene.ink > 127).sum()


def test_some_sheets_are_coarse() -> None:
    random = np.random.default_rng(1)
    plain = new_paper(random, "white", (0, 0, 100, 100), 20)
    sheets = [roughened(random, plain) for _ in range(60)]
    coarse = [sheet for sheet in sheets if sheet is not plain]
    assert 2 < len(coarse) < 30
    assert len({sheet.grain for sheet in coarse}) > 1
