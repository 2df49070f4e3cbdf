"""Sights: what the looks at a frame show, and which of them is what is held up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from appliance.spelling import Spelling
from appliance.values import Box, written
from appliance.vision import eye, pieces
from appliance.vision.eye import Page
from appliance.vision.kinship import kinship
from appliance.vision.pieces import LeftOver, Piece

CLEAR = 0.9
"""A sheet on which every line is at least this good needs no second look."""

LIKELY = 0.33
"""A sight with a digit of less confidence is less than one without."""

THE_SAME = 0.3
"""A digit of a line that is as much alike to a spot as this is the same."""

SEEN = 0.8
"""Spots surer than this are digits."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What a look shows: the lines that are held up, and which other ink is left over.

    missed: how many digits the recogniser sees of which none of the lines has one.
    """

    lines: tuple[Spelling, ...]
    rest: LeftOver | None
    missed: int = 0

    @property
    def clear(self) -> bool:
        """Whether its lines are certain."""
        return bool(self.lines) and min(line.quality for line in self.lines) > CLEAR

    @property
    def likely(self) -> bool:
        """Whether its lines are digits and nothing else, each rather than not."""
        sure = min((digit.confidence for line in self.lines for digit in line.digits), default=0)
        return sure > LIKELY and all(line.clean for line in self.lines)

    @property
    def text(self) -> str:
        """The digits that it shows."""
        return written(line.digits for line in self.lines)

    @property
    def count(self) -> int:
        """How many digits it shows."""
        return sum(len(line.digits) for line in self.lines)

    @property
    def score(self) -> float:
        """What decides between two ways to look at a frame."""
        return sum(line.score for line in self.lines)

    @property
    def height(self) -> float:
        """Height of its highest line, as a share of the frame's longer side."""
        return max((line.height for line in self.lines), default=0.0)


class Sights:
    """What the looks at one frame have shown so far."""

    def __init__(self) -> None:
        self._seen = [Sight((), None)]

    def settled_by(self, sight: Sight) -> bool:
        """Take a sight into account; whether it settles what is held up.

        It does when it is clear, no look has shown more, and either no ink is left over or an
        earlier look was as clear and said the same.
        """
        agreed = any(other.clear and other.text == sight.text for other in self._seen)
        self._seen.append(sight)
        if not sight.clear or sight.count < self._most or self._partial(sight.text):
            return False
        return agreed or sight.rest is None

    def held_up(self) -> Sight:
        """The best sight; with ink left unread when another one, or the recogniser, showed more.

        And when there is other ink that may belong to it in all looks that say so, unless it is
        several digits, and no other look that is clear or likely shows more says anything else.
        """
        best = max(self._seen, key=lambda sight: (sight.likely, sight.score))
        whole = best.count >= self._most and not self._partial(best.text)
        alone = any(sight.text == best.text and sight.rest is None for sight in self._seen)
        agreed = best.count > 1 and not any(
            other.text != best.text and (other.clear or (other.likely and other.count > best.count))
            for other in self._seen
            if not other.missed
        )
        whole &= best.rest is None or alone or agreed
        return best if whole else replace(best, rest="unread")

    @property
    def _most(self) -> int:
        """The most digits that a likely sight shows."""
        return max((sight.count for sight in self._seen if sight.likely), default=0)

    def _partial(self, text: str) -> bool:
        """Whether a sight that shows a text left ink unread, or a digit out."""
        return any(
            sight.text == text and (sight.rest == "unread" or sight.missed) for sight in self._seen
        )


def missed(lines: Sequence[Spelling], page: Page) -> int:
    """How many digits the recogniser sees, as high as the lines', that the lines don't have."""
    boxes = [digit.box for line in lines for digit in line.digits]
    return len(page.view.spots.surer_than(SEEN).others(boxes, THE_SAME))


def left_over(
    lines: Sequence[Spelling], page: Page, unread: Sequence[Piece] = ()
) -> LeftOver | None:
    """The ink beside the lines, or across them, that may belong to them.

    unread: pieces anywhere that were not looked at, for there were too many.
    """
    if any(_of_one_hand(line, unread, max(page.view.grey.shape)) for line in lines):
        return "unread"
    beside = False
    for line in lines:
        boxes = [eye.in_view(digit.box, page.view) for digit in line.digits]
        if page.parts.like(boxes, line.strength):
            return "unread"
        beside |= page.parts.left_over(boxes) or _other_bodies(page.bodies, boxes)
        beside |= line.stroke > page.ink.widest / 2  # some of it may have been taken for paper
    return "beside" if beside else None


def _of_one_hand(line: Spelling, others: Sequence[Piece], side: int) -> bool:
    """Whether any of other pieces looks like a line's digits; side: the view's longer one."""
    if not others:
        return False
    own = (line.height * side, line.strength, line.stroke)
    traits = [own, *(piece.traits for piece in others)]
    return bool((kinship(np.array(traits, np.float64))[0, 1:] > 0).any())


def _other_bodies(bodies: Sequence[Piece], boxes: Sequence[Box]) -> bool:
    """The same of pieces that have the build of digits, but are no part of the line's."""
    near = pieces.vicinity(boxes)
    found, inside = [], []
    for body in bodies:
        box = body.box
        if max(box.gaps(near)) >= 0 or _part_of(box, boxes):
            continue
        place = Box(near.x - box.x, near.y - box.y, near.width, near.height)
        rows, columns = pieces.within(place, box.width, box.height)
        mask = body.mask[rows, columns]
        if mask.any():
            found.append(box)
            inside.append(pieces.ink_box(mask, box.x + columns.start, box.y + rows.start))
    return pieces.left_over(pieces.table(found), boxes, inside.__getitem__)


def _part_of(box: Box, digits: Sequence[Box]) -> bool:
    """Whether at least half of a box lies in one of the digits'."""
    return any(_shared(box, digit) >= 0.5 * box.width * box.height for digit in digits)


def _shared(a: Box, b: Box) -> int:
    """Area that two boxes share."""
    across, down = a.gaps(b)
    return max(0, -across) * max(0, -down)
