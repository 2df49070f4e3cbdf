"""What do strokes beside a spot say of it? The constant of `vision/company.py`.

    OPENBLAS_NUM_THREADS=1 python benchmarks/company.py [--scenes 400] [--seed 999]

Of all spots in drawn scenes that may be digits. Logistic regression with one weight, by Newton's
method: what strokes beside a spot add to the log-odds that recogniser and kinship give it. Prints
the constant, and how many digits and others have such strokes, by kind of scene.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np

from appliance.learning.crops import NONE
from appliance.learning.truth import label_of, polarity_of
from appliance.scenes import Difficulty, Scene
from appliance.sight import LIKELY
from appliance.vision import eye
from appliance.vision.company import MOST, strange
from appliance.vision.cutting import cut_out
from appliance.vision.kinship import agreed, kinship
from appliance.vision.odds import log_odds
from benchmarks.kinship import recognised, regression

KINDS: tuple[Difficulty, ...] = ("notes", "easy", "notes", "medium", "list", "hard", "crop")
Row = tuple[str, bool, float, float]


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Fit the constant of vision/company.py.")
    parser.add_argument("--scenes", type=int, default=400)
    parser.add_argument("--seed", type=int, default=999)
    options = parser.parse_args()
    rows = list[Row]()
    for kind, scene, seen in recognised(KINDS, options.scenes, options.seed):
        rows += told(kind, scene, seen)
    digits = np.array([row[1] for row in rows])
    if not digits.any() or digits.all():
        print("too few spots of digits, or of other things: draw more scenes")
        return
    chances, ink = (np.array([row[column] for row in rows]) for column in (2, 3))
    share = np.minimum(ink, MOST) / MOST
    print(f"{len(rows)} spots, {np.count_nonzero(~digits)} of them no digits")
    [weight] = regression(share[:, None], digits, log_odds(chances))
    print(f"STRANGE = {weight:.1f}")
    for kind in sorted(set(KINDS)):
        some = np.array([row[0] == kind for row in rows]) & (share > 0.5)
        print(f"{kind}: strokes beside {np.count_nonzero(some & digits)} digits and "
              f"{np.count_nonzero(some & ~digits)} others")  # fmt: skip


def told(kind: str, scene: Scene, seen: eye.View) -> Iterator[Row]:
    """Of each likely spot: the kind, whether it is a digit, its chance, strange ink beside it."""
    spots, polarity = seen.spots, polarity_of(seen, scene)
    if not len(spots):
        return
    cuts = [
        cut_out(seen.levels, place * seen.scale, polarity, seen.noise) for place in spots.places
    ]
    traits = [cut.traits(high) for high, cut in zip(spots.places[:, 3], cuts, strict=True)]
    chances = agreed(spots.sure.astype(np.float64), kinship(np.array(traits)))
    ink = strange(spots.places, chances, np.array([cut.beside for cut in cuts]))
    for index in np.flatnonzero(chances > LIKELY):
        if (label := label_of(spots[[int(index)]], scene)) is not None:
            yield kind, label != NONE, float(chances[index]), float(ink[index])


if __name__ == "__main__":
    main()
