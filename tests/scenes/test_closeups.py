"""Close crops: any size, large digits, rulings where they stand, and labels that are true."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.scenes import Scene, framing, generate
from appliance.scenes.framing import LONGEST, SMALLEST
from appliance.scenes.letters import LETTERS
from appliance.scenes.paper import new_paper
from appliance.scenes.rulings import rulings
from appliance.scenes.signs import SIGNS
from appliance.scenes.strokes import bounds
from appliance.scenes.writer import new_writer, printing, write_sign
from appliance.scenes.writing import write_lines
from appliance.values import Box


def crops(count: int, digits: str | None = None) -> list[Scene]:
    return [generate(np.random.default_rng([8, n]), "crop", digits=digits) for n in range(count)]


@pytest.fixture(scope="module")
def many() -> list[Scene]:
    return crops(80)


def within(box: Box, scene: Scene) -> bool:
    height, width = scene.frame.shape[:2]
    return min(box.x, box.y) >= 0 and box.x + box.width <= width and box.y + box.height <= height


def test_crops_have_all_sizes_and_labels_within(many: list[Scene]) -> None:
    sizes = {scene.frame.shape[:2] for scene in many}
    assert len(sizes) > 60
    assert min(min(size) for size in sizes) >= SMALLEST
    assert max(max(size) for size in sizes) <= LONGEST
    for scene in many:
        assert len("".join(scene.lines)) == len(scene.boxes) > 0
        assert all(within(box, scene) for box in scene.boxes)


def test_digits_are_large_for_the_crop(many: list[Scene]) -> None:
    single = [scene for scene in many if len(scene.lines) == 1]
    shares = [max(b.height for b in scene.boxes) / scene.frame.shape[0] for scene in single]
    assert np.median(shares) > 0.5
    assert max(shares) > 0.8


def test_some_digits_touch_and_some_keep_apart(many: list[Scene]) -> None:
    apart = [scene.boxes[0].gaps(scene.boxes[1])[0] for scene in many if len(scene.lines[0]) > 1]
    assert 0.15 < np.mean([gap <= 0 for gap in apart]) < 0.75


def test_what_is_no_digit_is_marked_as_other_ink(many: list[Scene]) -> None:
    """Neighbouring lines and signs are seen in many crops; never do they count as digits."""
    beside = [scene for scene in many if scene.marks.max() > 128]
    assert len(beside) > len(many) / 4
    for scene in beside:
        outside = scene.ink.copy()
        for box in scene.boxes:
            outside[box.y : box.y + box.height, box.x : box.x + box.width] = 0
        assert outside.max() < 32


def test_a_crop_shows_each_digit_for_the_most_part() -> None:
    for scene in crops(60, digits="00"):
        shapes = [box.width / box.height for box in scene.boxes]
        assert min(shapes) > 0.35, "a zero cut in halves is none"


def shown(seed: int) -> float:
    """Which share of the digit that is cut off most is seen."""
    rng, size = np.random.default_rng([9, seed]), (100, 160)
    marks = write_lines(rng, new_writer(rng), ["40"], 70.0, 0.08)
    pose, _ = framing.place_closely(rng, size, marks, (0.0, 0.0, 0.0), margin=0.01)
    shares = []
    for mark in marks:
        left, top, right, bottom = bounds(mark.project(pose).strokes)
        shares.append((min(right, size[1]) - max(left, 0)) / (right - left))
        shares.append((min(bottom, size[0]) - max(top, 0)) / (bottom - top))
    return min(shares)


def test_digits_are_cut_off_but_never_too_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "CUT_OFF", 1.0)
    monkeypatch.setattr(framing, "BEYOND", 0.5)
    shares = [shown(seed) for seed in range(60)]
    assert framing.SEEN <= min(shares) < framing.SEEN + 0.1
    assert max(shares) == 1


def test_digits_can_be_shown_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "CUT_OFF", 0.0)
    assert {shown(seed) for seed in range(60)} == {1.0}


def test_boards_are_wiped_more_or_less() -> None:
    rng, area = np.random.default_rng(6), (-100.0, -100.0, 100.0, 100.0)
    blotches = [new_paper(rng, "blackboard", area, 50.0).blotches for _ in range(60)]
    assert min(blotches) < 6
    assert max(blotches) > 22


def test_lines_are_ruled_where_the_digits_stand() -> None:
    rng = np.random.default_rng(3)
    for _ in range(30):
        rules = rulings(rng, "ruled", (-500, -500, 500, 500), 100, (-200, 40))[0]
        heights = np.array([path[0, 1] for path in rules.paths])
        assert np.abs(heights - 40).min() < 40
        assert np.diff(heights).min() > 100
    assert rulings(rng, "white", (-500, -500, 500, 500), 100, (-200, 40)) == []


@pytest.mark.parametrize("kind", ["ruled", "grid"])
@pytest.mark.parametrize("leading", [60.0, 110.0, 240.0])
def test_each_line_of_a_list_stands_as_high_above_a_rule(kind: str, leading: float) -> None:
    rng = np.random.default_rng(4)
    for _ in range(10):
        rules = rulings(rng, kind, (-500, -500, 500, 500), 100, (-200, 40), leading=leading)[0]
        heights = np.array([path[0, 1] for path in rules.paths if path[0, 1] == path[-1, 1]])
        steps = leading / np.diff(heights)
        assert np.allclose(steps, max(1, round(steps[0])))


@pytest.mark.parametrize("sign", sorted(SIGNS))
def test_signs_are_drawn_beside_digits_and_are_no_letters(sign: str) -> None:
    assert sign not in LETTERS
    assert not sign.isdigit()
    strokes = write_sign(np.random.default_rng(1), printing(), sign, 0.05)
    left, top, right, bottom = bounds(strokes)
    assert left > -0.1
    assert right < 1.5
    assert -0.1 < top < bottom < 1.3
