"""Spelling: how a line of ink is best read, and which lines are what is held up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.values import Box, Glyph, Prediction, ReadDigit
from appliance.vision.eye import Page, in_frame
from appliance.vision.kinship import kinship
from appliance.vision.lines import Line
from appliance.vision.segmentation import Atom, Candidate, best_path, find_atoms, find_candidates
from appliance.vision.spots import Spots

PLAUSIBLE = 0.4
"""Lines of lower quality are no lines of digits."""

CLEAN, LARGE = 0.6, 0.6
"""Lines of lower quality, or with larger `junk`, hold things that are no digits."""

GLYPH, WINDOW = 0.35, 1.0
"""Shares of classifier and recogniser in the log-odds of one digit against another."""

SHAPE, INK, SPOT, UNSEEN, PRIOR = 0.27, 0.3, 0.64, -5.0, -2.2
"""Shares of three opinions in the log-odds that a candidate is a digit at all: the classifier's of
its glyph, the detectors' of its ink, the recogniser's of its spot; what counts where there is no
spot; and what is added. Fitted to candidates in drawn scenes (`benchmarks/opinions.py`) but the
last, which is higher: people hold up digits more often than the looks cut some out."""

SHAPE_ALONE, SPOT_ALONE, PRIOR_ALONE = 0.1, 1.3, -2.0
"""The same where the detectors weren't asked: fitted to spots in drawn scenes."""

LEAST = 1e-4
"""No opinion is surer than this."""

LIKE_OTHERS, LIKE_ONES = 0.0, 2.0
"""Lines join others when the log-odds of quality and likeness are more than this; lines of 1s."""

LIKE_WRITING = 0.7
"""Lines that the detector gives more than this are writing, whatever they say."""


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """A line, its atoms, and the candidates for digits that the network is to judge."""

    line: Line
    atoms: tuple[Atom, ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Spelling:
    """A line as it is best read.

    digits: from left to right, at least one.
    junk: sizes, in line heights, of the pieces that are part of no digit, each times its chance of
        being writing.
    strength: contrast of the digits in grey levels.
    height: of the line, as a share of the frame's longer side.
    pixels: height of the line in pixels of the frame.
    top: distance of the line from the frame's top, levelled; orders lines.
    writing: mean probability that its pieces are digits' ink, as the detectors say; 0 where they
        weren't asked.
    stroke: width of its widest strokes in pixels of the view.
    """

    digits: tuple[ReadDigit, ...]
    junk: tuple[float, ...]
    strength: float
    height: float
    pixels: float
    top: float
    writing: float = 0.0
    stroke: float = 0.0

    @property
    def stray(self) -> float:
        """How much of the line is part of no digit, in digits."""
        return sum(min(1.0, size) ** 2 for size in self.junk)

    @property
    def quality(self) -> float:
        """How sure it is that this line is digits and nothing else, 0..1."""
        sure = np.log(np.maximum([digit.confidence for digit in self.digits], 1e-4))
        return float(np.exp(np.mean(sure))) * len(self.digits) / (len(self.digits) + self.stray)

    @property
    def clean(self) -> bool:
        """Whether it holds digits and nothing else that is as large as one."""
        return self.quality >= CLEAN and max(self.junk, default=0.0) < LARGE

    @property
    def salience(self) -> float:
        """How much the line stands out, 0..1: its contrast and its size."""
        return float(np.sqrt(self.strength / 255 * self.height))

    @property
    def score(self) -> float:
        """What decides between lines, and between ways to look at a frame.

        Every digit adds to it, but one that is doubtful hardly.
        """
        sure = sum(digit.confidence**4 for digit in self.digits)
        return sure * len(self.digits) / (len(self.digits) + self.stray) * self.salience


def lattice(line: Line, page: Page, most: int | None = None) -> Lattice:
    """All ways to divide a line; no candidates when there are more than `most`."""
    atoms = find_atoms(line)
    candidates = find_candidates(atoms, line, page.ink.contrast, most)
    return Lattice(line, tuple(atoms), tuple(candidates))


def spell(ways: Lattice, predictions: Sequence[Prediction], page: Page) -> Spelling | None:
    """The best way to divide a line; None when it holds no digit.

    predictions: what all say together of the lattice's candidates, see `judge`.
    """
    path = best_path(ways.atoms, ways.candidates, predictions, ways.line.height)
    if not path.chosen:
        return None
    chosen = [ways.candidates[index] for index in path.chosen]
    digits = tuple(
        ReadDigit(Glyph(way.glyph.pixels, in_frame(way.glyph.box, page.view)), predictions[index])
        for index, way in zip(path.chosen, chosen, strict=True)
    )
    strength = float(np.median([piece.strength for way in chosen for piece in way.pieces]))
    return Spelling(
        digits,
        path.junk,
        strength,
        ways.line.height / max(page.view.grey.shape),
        ways.line.height / page.view.scale,
        ways.line.across,
        float(np.mean([way.writing for way in chosen])),
        max(piece.stroke_width for way in chosen for piece in way.pieces),
    )


def judge(writing: float | None, prediction: Prediction, spot: Spots | None) -> Prediction:
    """What all say together of a candidate: detectors, classifier and recogniser.

    Logistic regression on their log-odds: whether it is a digit, and if so, which one.
    writing: probability that its ink is writing, as the detectors say; None: they weren't asked.
    spot: what the recogniser sees there; None when it sees no digit just there.
    """
    which = GLYPH * np.log(prediction.probabilities + LEAST)
    shape, seen = float(log_odds(1 - prediction.not_a_digit)), UNSEEN
    if spot is not None:
        which += WINDOW * np.log(spot.says[0, :10] + LEAST)
        share = SPOT if writing is not None else SPOT_ALONE
        seen = share * float(log_odds(float(spot.sure[0])))
    if writing is None:
        told = SHAPE_ALONE * shape + seen + PRIOR_ALONE
    else:
        told = SHAPE * shape + seen + INK * float(log_odds(writing)) + PRIOR
    shares = np.exp(which - which.max())
    digit = float(1 / (1 + np.exp(-told)))
    return Prediction(np.asarray(digit * shares / shares.sum(), np.float32), 1 - digit)


def log_odds(p: float | NDArray[np.floating]) -> NDArray[np.float64]:
    """The logarithm of p / (1 - p); no opinion is surer than LEAST."""
    return np.asarray(np.log((p + LEAST) / (1 - p + LEAST)), np.float64)


def sheet(spellings: Sequence[Spelling]) -> list[Spelling]:
    """The lines that are held up: the best one and those like it, from top to bottom.

    A line that looks like writing of the same hand belongs to them even where it can't be read:
    leaving it out would make the reading look complete.
    """
    good = [spelling for spelling in spellings if spelling.quality > PLAUSIBLE]
    if not good:
        return []
    found = [max(good, key=lambda spelling: spelling.score)]
    rest = [spelling for spelling in spellings if spelling is not found[0]]
    for member in found:  # it grows: light that fades over the sheet makes each line fainter
        kin = [_akin(spelling, member) for spelling in rest]
        found += [spelling for spelling, alike in zip(rest, kin, strict=True) if alike]
        rest = [spelling for spelling, alike in zip(rest, kin, strict=True) if not alike]
    return sorted(found, key=lambda spelling: spelling.top)


def _akin(spelling: Spelling, member: Spelling) -> bool:
    """Whether a line is writing by the hand that wrote a member of the sheet.

    Its quality and its likeness decide together; edges and shadows look like lines of 1s.
    """
    traits = [(line.height, line.strength, line.stroke) for line in (spelling, member)]
    likeness = float(kinship(np.array(traits))[0, 1])
    told = float(log_odds(spelling.quality)) + likeness
    if all(digit.digit == 1 for digit in spelling.digits):
        return told > LIKE_ONES
    return told > LIKE_OTHERS or (spelling.writing > LIKE_WRITING and likeness > 0)


def touches_edge(box: Box, width: int, height: int) -> bool:
    """Whether a box reaches the border of a frame."""
    inside = box.x > 0 and box.y > 0
    return not (inside and box.x + box.width < width and box.y + box.height < height)
