"""Which pieces make which digit: the ways to join and split a line's pieces, and the best one.

A line is cut into atoms, more than it has digits: the pieces themselves, and where a piece is wide,
its parts left and right of its thinnest places. Every short run of atoms is a candidate for a
digit. The network judges the candidates, and the cheapest path from left to right wins, in which
each atom is either part of one digit or left out as junk (over-segmentation with a lattice, as
in LeCun, Bottou, Bengio and Haffner 1998, section V).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from appliance.values import Box, Glyph, Prediction, around
from appliance.vision.glyph import cut_glyph
from appliance.vision.ink import Grey
from appliance.vision.lines import Line
from appliance.vision.pieces import Piece

LONGEST_RUN = 5
"""Most atoms in one digit."""

WIDEST = 1.9
"""Widest digit, in line heights."""

LOWEST = 0.45
"""Lowest digit, in line heights."""

USUAL, WIDTH_COST = 1.1, 4.0
"""What is wider than so many line heights is rarely one digit; cost of each line height more."""

WIDE = 0.95
"""Pieces wider than this many line heights may hold more than one digit."""

NEAR = 0.22
"""Parts of one digit are no farther apart than this, in line heights."""

JUNK_FLOOR, JUNK_SLOPE = 0.35, 5.0
"""Cost of leaving an atom out: little for a speck, for a whole digit as a probability of 0.005."""

VALLEY = 0.75
"""Where a wide piece is lower than this many line heights, two digits may touch."""

CUT_COST = 0.5
"""Cost of each side on which a digit is cut out of a larger piece."""


@dataclass(frozen=True, slots=True, eq=False)
class Atom:
    """The smallest part of a line that is never divided.

    source: number of the piece that it was cut from, or is.
    """

    piece: Piece
    source: int


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A run of atoms, first to last inclusive, that may be one digit.

    cuts: how many of its two ends are cuts through a piece.
    """

    first: int
    last: int
    cuts: int
    pieces: tuple[Piece, ...]
    glyph: Glyph

    @property
    def writing(self) -> float:
        """Probability that its ink is a digit's, 0..1: the mean over its pieces, by area."""
        area = sum(piece.area for piece in self.pieces)
        return sum(piece.area * piece.writing for piece in self.pieces) / max(1, area)


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """The best reading of a line.

    chosen: indices of its candidates, from left to right.
    junk: sizes, in line heights, of the atoms left out, times their chance of being writing.
    cost: minus the log of its probability, junk included.
    """

    chosen: tuple[int, ...]
    junk: tuple[float, ...]
    cost: float


def find_atoms(line: Line) -> list[Atom]:
    """The line's pieces, the wide ones cut at their thinnest places; from left to right."""
    atoms = [
        Atom(part, source)
        for source, piece in enumerate(line.pieces)
        for part in _parts(piece, line.height)
    ]
    turn = np.deg2rad(line.angle)
    along = np.array([np.cos(turn), np.sin(turn)])
    return sorted(atoms, key=lambda atom: float(np.dot(atom.piece.centre, along)))


def find_candidates(
    atoms: Sequence[Atom], line: Line, contrast: Grey, most: int | None = None
) -> list[Candidate]:
    """Every run of atoms that one digit could be made of; none when there are more than `most`."""
    runs = list(_runs(atoms, line.height))
    if most is not None and len(runs) > most:
        return []
    return [
        Candidate(first, last, _cuts(atoms, first, last), run, cut_glyph(contrast, run, line.angle))
        for first, last, run in runs
    ]


def best_path(
    atoms: Sequence[Atom],
    candidates: Sequence[Candidate],
    predictions: Sequence[Prediction],
    height: float,
) -> Path:
    """The cheapest way through the atoms.

    height: of the line, in pixels.
    """
    best: list[Path] = [Path((), (), 0.0)]
    for position, atom in enumerate(atoms):
        size, skipped = _size_left_out(atom, atoms, height), best[position]
        writing = atom.piece.writing
        cost = skipped.cost + _junk_cost(size, writing)
        ways = [Path(skipped.chosen, (*skipped.junk, size * writing), cost)]
        for index, candidate in enumerate(candidates):
            if candidate.last == position:
                before = best[candidate.first]
                cost = before.cost + _digit_cost(predictions[index], candidate, height)
                ways.append(Path((*before.chosen, index), before.junk, cost))
        best.append(min(ways, key=lambda path: path.cost))
    return best[-1]


def _runs(atoms: Sequence[Atom], height: float) -> Iterator[tuple[int, int, tuple[Piece, ...]]]:
    """First, last and pieces of every run of atoms that one digit could be made of.

    Each of its atoms is near those before it, and all are narrow enough for a digit.
    """
    pieces = [atom.piece for atom in atoms]
    for first, piece in enumerate(pieces):
        box = piece.box
        for last in range(first, min(first + LONGEST_RUN, len(pieces))):
            other = pieces[last].box
            if other.x - (box.x + box.width) > NEAR * height:
                break
            box = around((box, other))
            narrow = box.width <= WIDEST * max(height, box.height)
            if last > first and not narrow:
                break
            if narrow and box.height >= LOWEST * height:
                yield first, last, tuple(pieces[first : last + 1])


def _cuts(atoms: Sequence[Atom], first: int, last: int) -> int:
    """How many ends of a run part it from the same piece."""
    before = first > 0 and atoms[first - 1].source == atoms[first].source
    after = last + 1 < len(atoms) and atoms[last + 1].source == atoms[last].source
    return int(before) + int(after)


def _digit_cost(prediction: Prediction, candidate: Candidate, height: float) -> float:
    """Minus the log of the chance that a candidate is a digit, and one digit alone."""
    box = candidate.glyph.box
    width = box.width / max(height, box.height)
    doubt = CUT_COST * candidate.cuts + WIDTH_COST * max(0.0, width - USUAL)
    return doubt - float(np.log(max(prediction.confidence, 1e-5)))


def _size_left_out(atom: Atom, atoms: Sequence[Atom], height: float) -> float:
    """Size of an atom in line heights; that of a part of a piece counts as a whole digit's.

    Whoever wrote a stroke didn't write a digit with half of it.
    """
    if sum(other.source == atom.source for other in atoms) > 1:
        return 1.0
    return max(atom.piece.box.width, atom.piece.box.height) / height


def _junk_cost(size: float, writing: float) -> float:
    """Minus the log of the chance that an atom is no digit: that it is no writing, or a speck."""
    speck = np.exp(-JUNK_FLOOR - JUNK_SLOPE * min(1.0, size) ** 2)
    return -float(np.log(1 - writing + writing * speck))


def _parts(piece: Piece, height: float) -> list[Piece]:
    """The piece, or where it is wide, what its cuts leave of it."""
    if piece.box.width <= WIDE * height:
        return [piece]
    cuts = [0, *_thin_places(piece, height), piece.box.width]
    return [_slice(piece, a, b) for a, b in pairwise(cuts)]


def _thin_places(piece: Piece, height: float) -> list[int]:
    """Columns in which a wide piece is low, or has little ink: where two digits may touch.

    Round digits that touch have more ink there than in their middle, but none above and below.
    """
    mask = piece.mask
    low = _smooth(np.where(mask.any(axis=0), _extent(mask), 0))
    little = _smooth(mask.sum(axis=0))
    ends = max(3, round(0.2 * height))
    valleys = _minima(low, ends, VALLEY * height)
    thin = _minima(little, round(0.28 * height), 2.5 * piece.stroke_width)
    far = [x for x in thin if all(abs(x - valley) > ends for valley in valleys)]
    return sorted([*valleys, *far])


def _extent(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Height in pixels of what each column holds, gaps included."""
    return np.asarray(len(mask) - mask.argmax(axis=0) - mask[::-1].argmax(axis=0), np.int64)


def _smooth(values: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.convolve(values, np.ones(3) / 3, mode="same")


def _minima(values: NDArray[np.float64], apart: int, limit: float) -> list[int]:
    """Positions of the lowest values not above the limit, `apart` from each other and the ends."""
    apart = max(3, apart)
    free = values <= limit
    free[:apart] = free[-apart:] = False
    found: list[int] = []
    while free.any():
        position = int(np.argmin(np.where(free, values, np.inf)))
        found.append(position)
        free[max(0, position - apart) : position + apart + 1] = False
    return sorted(found)


def _slice(piece: Piece, start: int, stop: int) -> Piece:
    mask = piece.mask[:, start:stop]
    rows = np.flatnonzero(mask.any(axis=1))
    top, bottom = (int(rows[0]), int(rows[-1]) + 1) if rows.size else (0, mask.shape[0])
    mask = mask[top:bottom]
    box = Box(piece.box.x + start, piece.box.y + top, stop - start, bottom - top)
    return Piece(box, mask, int(mask.sum()), piece.strength, piece.writing)
