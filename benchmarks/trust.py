"""How likely is a reading right as a whole? The constants of `trust.py`.

    OPENBLAS_NUM_THREADS=1 python benchmarks/trust.py [--mnist DIR] [--jobs 2]

Reads drawn scenes and keeps the signs of each look that sees a line, and its transcript, with the
truth: of both looks where there are two, as the present constants ask for.
Logistic regression tells from the signs whether it is right, then from that and the transcript
(which is asked of every look here, of the surest ones, too).
Prints the constants, the loss with and without each sign, and how many looks are right and wrong
from a trust on.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from appliance.cli.drawing import KINDS, drawn, each, require_samples
from appliance.network.classifier import Classifier
from appliance.network.recogniser import Recogniser
from appliance.network.spotter import Spotter
from appliance.network.transcriber import Transcriber
from appliance.reader import Reader
from appliance.sight import Sight
from appliance.transcript import Transcript, transcribed
from appliance.trust import beyond, signs, transcript_signs
from appliance.values import Frame
from appliance.vision.eye import View
from appliance.vision.odds import chances_of
from benchmarks.score import in_a_sentence

NAMES = (
    "always", "least sure digit", "unread", "other", "no other", "twice", "middle", "digits",
)  # fmt: skip
TOLD_NAMES = ("always", "trust", "transcript", "digits", "unread", "no other")
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.82, 0.84, 0.86, 0.88, 0.9, 0.95)
DECAY = 1e-4
Numbers = NDArray[np.float64]
Rights = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What one look at a scene saw, in numbers, and whether that is what the scene shows.

    told, others_told: what is beyond the digits, and the logarithm of the transcriber's chance for
    them: of those that were seen, and of those that it reads instead; None without a transcript,
    without others.
    other_right: whether those are what the scene shows.
    """

    signs: Numbers
    right: bool
    told: tuple[Numbers, float] | None
    others_told: tuple[Numbers, float] | None
    other_right: bool


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Fit the constants of trust.py.")
    parser.add_argument("--scenes", type=int, default=9000)
    parser.add_argument("--seed", type=int, default=178)
    parser.add_argument("--mnist", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    require_samples(options.mnist)
    work = partial(looks, options.seed, options.mnist)
    report([look for one in each(work, options.scenes, options.jobs) for look in one])


class Listening(Reader):
    """A reader that keeps what it sees."""

    seen: list[tuple[Sight, Transcript | None]]

    def _see(self, seen: View) -> Sight:
        sight = super()._see(seen)
        if sight.lines:
            self.seen.append((sight, transcribed(seen, sight, self._transcriber.transcribe)))
        return sight


def looks(seed: int, mnist: Path | None, number: int) -> list[Look]:
    """Read a scene; returns its looks."""
    hand = mnist if number // len(KINDS) % 2 else None  # each kind of scene in both
    scene, reader = drawn(seed, number, hand)[0], _reader()
    reader.seen = []
    reader.read(Frame(scene.frame))
    return [_judged(sight, transcript, scene.text) for sight, transcript in reader.seen]


def _judged(sight: Sight, transcript: Transcript | None, text: str) -> Look:
    told, others, right = None, None, False
    if transcript:
        told = beyond(sight), transcript.agrees
        if transcript.other:
            others = beyond(transcript.other), transcript.says
            right = transcript.other.text == text
    return Look(signs(sight), sight.text == text, told, others, right)


@cache
def _reader() -> Listening:
    return Listening(Classifier.load(), Spotter.load(), Recogniser.load(), Transcriber.load())


def fitted(rows: Numbers, right: Rights, without: int = 0) -> tuple[Numbers, float]:
    """The shares, and the loss with them; without: the number of a sign that counts for nothing."""

    def loss(shares: Numbers) -> float:
        wrong = np.logaddexp(0, np.where(right, -1, 1) * (rows @ shares))
        return float(wrong.mean() + DECAY * np.sum(shares[1:] ** 2))

    bounds: list[tuple[float | None, float | None]] = [(None, None)] * rows.shape[1]
    if without:
        bounds[without] = (0, 0)
    found = minimize(loss, np.zeros(rows.shape[1]), method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x, np.float64), float(found.fun)


def report(found: Sequence[Look]) -> None:
    """Fit, and print what came out."""
    if not found:
        print("no lines: draw more scenes")
        return
    shares = _fit(
        "SHARES", NAMES, np.array([x.signs for x in found]), np.array([x.right for x in found])
    )
    trusts = [float(chances_of(look.signs @ shares)) for look in found]
    _fit_told("AGREEING", trusts, [x.told for x in found], [x.right for x in found])
    _fit_told("DIFFERING", trusts, [x.others_told for x in found], [x.other_right for x in found])


def _fit_told(
    constant: str,
    trusts: Sequence[float],
    told: Sequence[tuple[Numbers, float] | None],
    rights: Sequence[bool],
) -> None:
    """Fit one of the constants for transcripts to the looks that have them."""
    kept = [
        (transcript_signs(one[0], trust, one[1]), right)
        for trust, one, right in zip(trusts, told, rights, strict=True)
        if one
    ]
    if kept:
        rows, right = zip(*kept, strict=True)
        _fit(constant, TOLD_NAMES, np.array(rows), np.array(right))


def _fit(constant: str, names: Sequence[str], rows: Numbers, right: Rights) -> Numbers:
    """Fit one of the constants, print it and what it tells; returns it."""
    shares, loss = fitted(rows, right)
    print(f"{len(rows)} looks, {right.mean():.1%} of them right")
    print(f"{constant} = {tuple(np.round(shares, 2).tolist())}, loss {loss:.4f}")
    for index, name in enumerate(names[1:], 1):
        print(f"  without {name}: {fitted(rows, right, index)[1]:.4f}")
    chances = chances_of(rows @ shares)
    for level in LEVELS:
        read = chances >= level
        print(
            f"  trusted from {level}: {(read & right).sum()} right, {(read & ~right).sum()} wrong"
        )
    return shares


if __name__ == "__main__":
    with in_a_sentence("trust"):
        main()
