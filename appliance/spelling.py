"""Spelling: how a line of ink is best read, and which lines are what is held up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from appliance.values import Box, Glyph, Prediction, ReadDigit
from appliance.vision.eye import Page, in_frame
from appliance.vision.kinship import kinship, log_odds
from appliance.vision.lines import Line
from appliance.vision.segmentation import Atom, Candidate, best_path, find_atoms, find_candidates

PLAUSIBLE = 0.4
"""Lines of lower quality are no lines of digits."""

CLEAN, LARGE = 0.6, 0.6
"""Lines of lower quality, or with larger `junk`, hold things that are no digits."""

LET_THROUGH = 0.25
"""Shapes that are no digits, among what the detector lets through, to those in training."""

INK, CORE, WITH_CORE = 0.7, 1.0, 1.0
"""Log-odds that a candidate is writing: shares of its ink's and its middle's, and what is added."""

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
    writing: mean probability that its pieces are digits' ink, as the detector says.
    stroke: width of its widest strokes in pixels of the view.
    """

    digits: tuple[ReadDigit, ...]
    junk: tuple[float, ...]
    strength: float
    height: float
    pixels: float
    top: float
    writing: float = 1.0
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

    predictions: the network's, of the lattice's candidates. That a candidate is a certain digit
    takes both: that its ink is writing at all, and that its glyph is that digit.
    """
    predictions = [
        _both(_writing(candidate, page), prediction)
        for candidate, prediction in zip(ways.candidates, predictions, strict=True)
    ]
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
        float(np.mean([_writing(way, page) for way in chosen])),
        max(piece.stroke_width for way in chosen for piece in way.pieces),
    )


def _writing(candidate: Candidate, page: Page) -> float:
    """Probability that a candidate is writing: its ink's, and whether it has a digit's middle."""
    if page.view.heat is None:
        return candidate.writing
    core = page.view.heat.core_in(candidate.glyph.box)
    told = INK * log_odds(candidate.writing) + CORE * log_odds(core) + WITH_CORE
    return float(1 / (1 + np.exp(-told)))


def _both(writing: float, prediction: Prediction) -> Prediction:
    """What detector and classifier say together.

    The classifier learned among as many shapes that are no digits as the detector hardly lets
    through: its odds for them are lowered by LET_THROUGH (Bayes' rule for another prior).
    """
    digit, other = 1 - prediction.not_a_digit, prediction.not_a_digit * LET_THROUGH
    share = writing / (digit + other)
    return Prediction(prediction.probabilities * np.float32(share), 1 - share * digit)


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
