"""How hard a scene is: the ranges from which everything in it is drawn at random."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from numpy.random import Generator

from appliance.scenes.chance import log_uniform, pick
from appliance.scenes.light import Light
from appliance.scenes.optics import Optics
from appliance.scenes.paper import BOARDS, DARK
from appliance.scenes.pens import LIGHT, PENS

Difficulty = Literal[
    "neat", "easy", "medium", "hard", "small", "ringed", "page", "sparse", "dense", "list", "notes",
    "crop", "screen", "negative", "empty sparse", "empty crop",
]  # fmt: skip
"""Held up in good, mixed or bad conditions, with small digits, or with a ring or a frame around
them, and now and then a name; the page fills the frame, and again with little and small writing,
with much of it, with a list of numbers, and with words; cut closely out of a page; drawn on a
screen; no digits at all, nor on a sparse page, nor in a close crop."""

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Ranges for one difficulty; angles in degrees, lengths in parts of the frame's height.

    The other lengths and strengths are those of `Light` and `Optics`; `chance_of_...` is 0..1.
    """

    digits: tuple[int, ...]
    digit: Range
    tilt: float
    roll: float
    curl: float
    papers: dict[str, float]
    pens: dict[str, float]
    exposure: Range
    gradient: Range
    vignette: Range
    cast: float
    defocus: Range
    noise: Range
    contrast: Range
    chance_of_shadow: float
    chance_of_glare: float
    chance_of_low_light: float
    chance_of_backlight: float
    chance_of_motion: float
    chance_of_jpeg: float
    chance_of_coarse: float
    touching: float = 0.0
    chance_of_ring: float = 0.0
    chance_of_name: float = 0.0


_LIGHT_PAPERS = {
    "white": 5.0, "cream": 2, "grey": 1, "ruled": 2, "grid": 2, "pastel": 1, "note": 1,
    "torn": 1, "kraft": 0.7, "newsprint": 0.5, "whiteboard": 0.7,
}  # fmt: skip
_PAPERS = _LIGHT_PAPERS | {"black": 1.2, "blackboard": 0.8, "slate": 0.3}
_BOLD = {"felt": 4.0, "marker": 3, "pen": 1.5, "fineliner": 1, "red felt": 1.5, "crayon": 0.3,
         "broad marker": 1, "white pen": 1, "chalk": 1, "white marker": 0.4}  # fmt: skip
_ANY = {"felt": 2.5, "marker": 2, "pen": 2.5, "fineliner": 2, "pencil": 2.5, "red felt": 1,
        "crayon": 0.5, "broad marker": 0.8, "white pen": 1, "chalk": 1,
        "white marker": 0.4}  # fmt: skip
_THIN = {"pen": 4.0, "fineliner": 3, "pencil": 3, "felt": 3, "marker": 3, "red felt": 0.7,
         "crayon": 0.3, "broad marker": 1, "white pen": 1, "chalk": 1,
         "white marker": 0.4}  # fmt: skip

RECIPES: dict[str, Recipe] = {
    "easy": Recipe(
        digits=(1, 1, 2, 2, 3, 3, 4, 4, 5), digit=(0.1, 0.31), tilt=11, roll=6, curl=0.05,
        papers=_PAPERS, pens=_BOLD, exposure=(0.75, 1.1), gradient=(0, 0.25), vignette=(0, 0.2),
        cast=0.05, defocus=(0.1, 1.1), noise=(0.002, 0.008), contrast=(0.88, 1.0),
        chance_of_shadow=0.2, chance_of_glare=0.02, chance_of_low_light=0,
        chance_of_backlight=0.04, chance_of_motion=0, chance_of_jpeg=0.1, chance_of_coarse=0,
    ),
    "medium": Recipe(
        digits=(1, 2, 2, 3, 3, 4, 4, 5, 6, 7), digit=(0.06, 0.28), tilt=21, roll=12, curl=0.12,
        papers=_PAPERS, pens=_ANY, exposure=(0.55, 1.1), gradient=(0.1, 0.5), vignette=(0.1, 0.4),
        cast=0.1, defocus=(0.1, 2.2), noise=(0.005, 0.03), contrast=(0.7, 1.0),
        chance_of_shadow=0.35, chance_of_glare=0.08, chance_of_low_light=0.2,
        chance_of_backlight=0.12, chance_of_motion=0.3, chance_of_jpeg=0.4,
        chance_of_coarse=0.05, touching=0.05,
    ),
    "hard": Recipe(
        digits=(1, 2, 3, 3, 4, 4, 5, 6, 7, 9), digit=(0.04, 0.36), tilt=35, roll=19, curl=0.2,
        papers=_PAPERS, pens=_ANY, exposure=(0.45, 1.12), gradient=(0.2, 0.7), vignette=(0.2, 0.6),
        cast=0.15, defocus=(0.3, 4.5), noise=(0.008, 0.047), contrast=(0.5, 0.9),
        chance_of_shadow=0.6, chance_of_glare=0.22, chance_of_low_light=0.3,
        chance_of_backlight=0.25, chance_of_motion=0.5, chance_of_jpeg=0.5,
        chance_of_coarse=0.15, touching=0.1,
    ),
    "page": Recipe(
        digits=(1,), digit=(0.03, 0.85), tilt=14, roll=7, curl=0.08,
        papers={"white": 6.0, "cream": 2, "grey": 2, "ruled": 3.5, "grid": 2, "pastel": 1,
                "newsprint": 1, "kraft": 0.4, "whiteboard": 1, "black": 0.5, "blackboard": 0.7},
        pens=_THIN, exposure=(0.7, 1.12), gradient=(0, 0.45), vignette=(0, 0.45), cast=0.12,
        defocus=(0.1, 3.0), noise=(0.003, 0.025), contrast=(0.7, 1.0), chance_of_shadow=0.4,
        chance_of_glare=0.05, chance_of_low_light=0.12, chance_of_backlight=0,
        chance_of_motion=0.1, chance_of_jpeg=0.6, chance_of_coarse=0.3, touching=0.02,
    ),
}  # fmt: skip
RECIPES["neat"] = replace(  # as somebody holds it up who wants to be read
    RECIPES["easy"], digits=(1, 2, 2, 3, 3, 4), digit=(0.14, 0.28), tilt=6, roll=4, curl=0.03,
    papers={"white": 5.0, "cream": 2, "grid": 1, "pastel": 1, "note": 1},
    pens={"felt": 4.0, "marker": 3, "red felt": 1.5}, gradient=(0, 0.15), vignette=(0, 0.15),
    chance_of_shadow=0, chance_of_glare=0, chance_of_backlight=0, chance_of_jpeg=0,
)  # fmt: skip
RECIPES["small"] = replace(RECIPES["medium"], digit=(0.025, 0.08), touching=0.1)
RECIPES["ringed"] = replace(RECIPES["medium"], chance_of_ring=1.0, chance_of_name=0.2)
RECIPES["sparse"] = replace(RECIPES["page"], digits=(1, 1, 1, 2, 3), digit=(0.025, 0.08))
RECIPES["dense"] = replace(RECIPES["page"], digit=(0.025, 0.065))
RECIPES["list"] = replace(
    RECIPES["dense"], digit=(0.028, 0.07),
    papers={"ruled": 6.0, "grid": 2, "white": 4, "cream": 1, "grey": 1, "newsprint": 0.4,
            "pastel": 0.5, "kraft": 0.2, "whiteboard": 0.4, "black": 0.2, "blackboard": 0.4},
)  # fmt: skip
RECIPES["notes"] = replace(RECIPES["list"], digit=(0.025, 0.08))
RECIPES["crop"] = replace(
    RECIPES["page"], tilt=8, roll=4,
    papers={"ruled": 6.0, "grid": 2.5, "white": 4.5, "cream": 1.5, "grey": 2, "newsprint": 0.5,
            "pastel": 0.7, "kraft": 0.3, "whiteboard": 0.3, "black": 0.4, "blackboard": 0.3},
    gradient=(0, 0.35), vignette=(0, 0.15), cast=0.08,
    chance_of_shadow=0.12, chance_of_glare=0.02, chance_of_low_light=0.06, chance_of_motion=0.06,
    chance_of_jpeg=0.75, touching=0.5,
)  # fmt: skip


def pick_pen(rng: Generator, recipe: Recipe, paper: str) -> str:
    """A pen that shows on the paper."""
    fits = {
        name: share for name, share in recipe.pens.items() if (name in LIGHT) == (paper in DARK)
    }
    if paper in DARK & BOARDS:
        return pick(rng, {"chalk": 4, "broad chalk": 1})
    if paper == "whiteboard":
        return pick(rng, {"marker": 4, "broad marker": 1})
    return pick(rng, fits)


def pick_width(rng: Generator, pen: str) -> float:
    """Width of a line in heights of a digit, more often fine than broad."""
    return log_uniform(rng, *PENS[pen].width)


def new_light(rng: Generator, recipe: Recipe) -> Light:
    """The light of a scene."""
    exposure = rng.uniform(*recipe.exposure)
    if rng.random() < recipe.chance_of_low_light:
        exposure *= rng.uniform(0.3, 0.65)
    shadowed = rng.random() < recipe.chance_of_shadow
    glaring = rng.random() < recipe.chance_of_glare
    backlit = rng.random() < recipe.chance_of_backlight
    warm, green = rng.normal(0, recipe.cast), rng.normal(0, recipe.cast / 2)
    return Light(
        exposure=float(exposure * (rng.uniform(0.4, 0.75) if backlit else 1.0)),
        gradient=rng.uniform(*recipe.gradient),
        vignette=rng.uniform(*recipe.vignette),
        shadow=rng.uniform(0.12, 0.3 + recipe.gradient[1] * 0.5) if shadowed else 0.0,
        penumbra=log_uniform(rng, 0.003, 0.08),
        glare=rng.uniform(0.2, 0.75) if glaring else 0.0,
        cast=(1 - warm, 1 + green, 1 + warm),
        unevenness=rng.uniform(0, 0.04),
        backlight=rng.uniform(1.6, 3.5) if backlit else 1.0,
    )


def new_optics(rng: Generator, recipe: Recipe) -> Optics:
    """The camera's faults in a scene."""
    low, high = recipe.defocus
    return Optics(
        defocus=low + (high - low) * float(rng.beta(1.1, 2.2)),
        motion=rng.uniform(1.5, 4 + recipe.defocus[1] * 1.8)
        if rng.random() < recipe.chance_of_motion
        else 0.0,
        noise=rng.uniform(*recipe.noise),
        softness=float(rng.choice((0.0, 0.0, 0.6, 1.2))),
        contrast=rng.uniform(*recipe.contrast),
        detail=rng.uniform(0.3, 0.8) if rng.random() < recipe.chance_of_coarse else 1.0,
        jpeg=int(rng.integers(35, 93)) if rng.random() < recipe.chance_of_jpeg else 0,
        sharpening=rng.uniform(0.2, 1.2) if rng.random() < 0.3 else 0.0,
    )
