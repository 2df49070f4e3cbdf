"""The one door to the scenes: a random number generator in, a frame with its truth out."""

from __future__ import annotations

from typing import get_args

from numpy.random import Generator

from appliance.errors import PictureError
from appliance.scenes.closeups import plan_crop, plan_empty_crop
from appliance.scenes.held import plan_held
from appliance.scenes.pages import plan_dense, plan_list, plan_notes, plan_page, plan_sparse
from appliance.scenes.recipes import RECIPES, Difficulty
from appliance.scenes.samples import Samples
from appliance.scenes.scene import Plan, Scene, paint
from appliance.scenes.screens import plan_screen
from appliance.scenes.wordless import plan_sparse_wordless, plan_wordless

FULL: tuple[int, int] = (960, 1280)
"""Height and width of the camera's frames."""

LITE: tuple[int, int] = (480, 640)
"""A quarter of the pixels, for training."""

SMALLEST = 32

CLOSE = {"crop": plan_crop, "screen": plan_screen}
"""Scenes that choose their own size when none is asked for."""

PAGES = {
    "page": plan_page, "sparse": plan_sparse, "dense": plan_dense, "list": plan_list,
    "notes": plan_notes,
}  # fmt: skip

WORDLESS = {"negative": plan_wordless, "empty sparse": plan_sparse_wordless}

WITHOUT_DIGITS = (*WORDLESS, "empty crop")
"""Kinds of scenes that hold no digit."""


def generate(
    rng: Generator,
    difficulty: Difficulty,
    size: tuple[int, int] | None = None,
    digits: str | None = None,
    samples: Samples | None = None,
) -> Scene:
    r"""Draw a scene.

    rng: the same state gives the same scene.
    size: height and width of the frame, at least 32 each; None means FULL, and for crops and
        screens a size drawn at random, down to 28.
    digits: what is written, lines separated by `\n`; None writes digits at random.
    samples: other people's digits, of which most of the writing is taken.
    Raises PictureError for an unknown difficulty, a smaller frame, or digits that are none.
    """
    if difficulty not in get_args(Difficulty):
        known = ", ".join(get_args(Difficulty))
        raise PictureError(f"difficulty {difficulty!r} is unknown; choose one of {known}")
    if size is not None and min(size) < SMALLEST:
        raise PictureError(
            f"a scene of {size[1]}x{size[0]} pixels is too small; ask for 32 or more"
        )
    if digits is not None:
        check_digits(digits, difficulty)
    return paint(rng, _plan(rng, difficulty, size, digits, samples))


def check_digits(digits: str, difficulty: Difficulty) -> None:
    """Raise PictureError when that can't be written on a scene of that kind."""
    if difficulty in WITHOUT_DIGITS:
        raise PictureError(f"a scene of kind {difficulty} has no digits; give none")
    if not all(line and set(line) <= set("0123456789") for line in digits.split("\n")):
        raise PictureError(
            f"{digits!r} can't be written on a scene; give digits only, lines of them separated "
            "by a newline"
        )


def _plan(
    rng: Generator,
    difficulty: Difficulty,
    size: tuple[int, int] | None,
    digits: str | None,
    samples: Samples | None,
) -> Plan:
    if difficulty in CLOSE:
        return CLOSE[difficulty](rng, size, digits, samples)
    if difficulty == "empty crop":
        return plan_empty_crop(rng, size)
    size = size or FULL
    if difficulty in PAGES:
        return PAGES[difficulty](rng, size, digits, samples)
    if difficulty in WORDLESS:
        return WORDLESS[difficulty](rng, size)
    return plan_held(rng, RECIPES[difficulty], size, digits, samples)
