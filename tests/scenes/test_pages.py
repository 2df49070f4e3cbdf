"""Pages as they are planned: where the writing stands on the paper."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from appliance.scenes.pages import plan_list
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
