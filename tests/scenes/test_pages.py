"""Pages as they are planned: where the writing stands on the paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from appliance.scenes.pages import plan_list
from appliance.scenes.paper import Rules, new_paper, paint_paper
from appliance.scenes.pose import new_pose
from appliance.scenes.scene import Plan
from appliance.scenes.writing import Mark, extent

SIZE = (960, 1280)


def ruled_lists(count: int) -> Iterator[Plan]:
    for seed in range(count):
        plan = plan_list(np.random.default_rng(seed), SIZE, None, None)
        if plan.paper is not None and plan.paper.kind == "ruled":
            yield plan


def to_the_next_rule(plan: Plan, digit: Mark) -> float:
    """How far a digit's lower end is from the nearest rule, in its heights."""
    assert plan.pose is not None
    assert plan.paper is not None
    left, top, right, bottom = extent([digit])
    rules = [plan.pose.project(path) for path in plan.paper.rules[0].paths]
    heights = [np.interp((left + right) / 2, rule[:, 0], rule[:, 1]) for rule in rules]
    return min(abs(height - bottom) for height in heights) / (bottom - top)


def test_each_line_of_a_list_stands_on_a_rule_where_there_are_some() -> None:
    plans = list(ruled_lists(40))
    assert len(plans) > 8
    for plan in plans:
        assert np.median([to_the_next_rule(plan, digit) for digit in plan.digits]) < 0.25


@pytest.mark.parametrize("pitch", [-30.0, 0.0, 30.0])
def test_the_rules_of_a_tilted_page_are_as_wide_as_they_are_where_the_writing_stands(
    pitch: float,
) -> None:
    """They were as wide as at the outermost of them: on grids up to five times."""
    size, reach, wide = (480, 640), 2000.0, 4.0
    lines = [np.linspace((x, -reach), (x, reach), 12) for x in np.arange(-reach, reach, 80)]
    random = np.random.default_rng(1)
    sheet = new_paper(random, "white", (-reach, -reach, reach, reach), 40.0)
    rules = Rules(lines, (0, 0, 0), wide)
    sheet = replace(sheet, rules=[rules], crease=None, roughness=0.0, blotches=0.0)
    frame = np.full((*size, 3), 255, np.uint8)
    pose = new_pose(size, (320.0, 240.0), (0.0, pitch, 0.0))
    paint_paper(random, frame, pose, sheet)
    middle = frame[240, :, 0] < 128
    width = middle.sum() / (np.diff(middle.astype(int)) == 1).sum()
    assert width == pytest.approx(wide, abs=1.5)
