"""The harvest: what the eye cuts out of drawn scenes, labelled by what was drawn there.

The scene knows its ink, so every piece and every glyph gets its truth without a person's help:
training on them, the networks learn the eye's own mistakes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.learning.crops import Crops
from appliance.scenes import Scene
from appliance.values import Box, Frame
from appliance.vision import eye
from appliance.vision.ink import Polarity
from appliance.vision.patch import CLOSE, GLANCE, cut_patches
from appliance.vision.pieces import Piece
from appliance.vision.segmentation import Candidate, find_atoms, find_candidates

Glance = Callable[[NDArray[np.float32]], NDArray[np.bool_]]
"""Which of some patches (N, GLANCE, GLANCE, 3) may be writing: (N,)."""

NOT_A_DIGIT = 10
"""The label of a glyph that is none, or not one."""

MOSTLY = 0.7
"""A piece is writing when this share of it is the digits' ink; clutter at most a third of that."""

SAME, DIFFERENT = 0.72, 0.45
"""A candidate is a digit when their boxes share this part of their union, and none below that."""


def harvest(
    scene: Scene, random: np.random.Generator, most: int = 24, glance: Glance | None = None
) -> Iterator[Crops]:
    """Look at a scene in every way there is; at most `most` crops of clutter a look.

    glance: lets only some of the pieces past, whose patches are then cut for a close look.
    """
    seen = eye.view(Frame(scene.frame))
    polarity = polarity_of(seen, scene)
    for page in eye.looks(seen):
        right = page.ink.polarity == polarity
        share = np.array([right * share_of_ink(body, page, scene) for body in page.bodies])
        clear = np.flatnonzero((share >= MOSTLY) | (share <= MOSTLY / 3))
        if glance is not None:
            clear = clear[glance(_patches(page, clear, GLANCE))]
        chosen = _thinned(clear, share[clear] < MOSTLY, random, most)
        # the detector spares the classifier most clutter: a little of it is enough
        some = random.permutation(chosen[share[chosen] < MOSTLY])[: most // 4]
        bodies = [page.bodies[i] for i in np.union1d(some, np.flatnonzero(share > MOSTLY / 3))]
        glyphs, labels = _glyphs(page, bodies, scene if right else None, random, most)
        patches = _patches(page, chosen, CLOSE if glance is not None else GLANCE)
        grey = np.rint(patches * 255).astype(np.uint8)
        yield Crops(grey, share[chosen] >= MOSTLY, glyphs, labels)


def _patches(page: eye.Page, chosen: NDArray[np.int64], size: int) -> NDArray[np.float32]:
    pieces = [page.bodies[i] for i in chosen]
    return cut_patches(page.view.levels, pieces, page.ink.polarity, size)


def _glyphs(
    page: eye.Page, bodies: list[Piece], scene: Scene | None, random: np.random.Generator, most: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    glyphs, labels = [], []
    for line in eye.lines_of(page, bodies):
        for candidate in find_candidates(find_atoms(line), line, page.ink.contrast):
            label = label_of(candidate, page, scene) if scene else NOT_A_DIGIT
            if label is not None:
                glyphs.append(candidate.glyph.pixels)
                labels.append(label)
    if not glyphs:
        return np.zeros((0, 28, 28), np.float32), np.zeros(0, np.int64)
    kinds = np.array(labels, np.int64)
    chosen = _thinned(np.arange(len(kinds)), kinds == NOT_A_DIGIT, random, most)
    return np.stack(glyphs)[chosen], kinds[chosen]


def polarity_of(seen: eye.View, scene: Scene) -> Polarity:
    """Whether the scene's digits are darker or lighter than the paper around them."""
    ink = cv2.resize(scene.ink, seen.grey.shape[::-1], interpolation=cv2.INTER_AREA)
    around = cv2.dilate(ink, np.ones((15, 15), np.uint8)) > 0
    if not (ink > 128).any():
        return "dark"
    written, paper = seen.grey[ink > 128].mean(), seen.grey[around & (ink == 0)].mean()
    return "dark" if written < paper else "light"


def share_of_ink(piece: Piece, page: eye.Page, scene: Scene) -> float:
    """Which part of a piece is ink of the scene's digits."""
    rows, columns = np.nonzero(piece.mask)
    scale = page.view.scale
    y = ((rows + piece.box.y + 0.5) / scale).astype(np.int64)
    x = ((columns + piece.box.x + 0.5) / scale).astype(np.int64)
    height, width = scene.ink.shape
    ink = scene.ink[np.minimum(y, height - 1), np.minimum(x, width - 1)]
    return float(np.mean(ink > 40))


def label_of(candidate: Candidate, page: eye.Page, scene: Scene) -> int | None:
    """The digit that a candidate is, NOT_A_DIGIT, or None where it is hard to say."""
    digits = [int(digit) for line in scene.lines for digit in line]
    box = eye.in_frame(candidate.glyph.box, page.view)
    shares = [_overlap(box, other) for other in scene.boxes]
    best = int(np.argmax(shares)) if shares else -1
    inked = float(np.mean([share_of_ink(piece, page, scene) for piece in candidate.pieces]))
    if best < 0 or shares[best] < DIFFERENT or inked < MOSTLY / 3:
        return NOT_A_DIGIT
    return digits[best] if shares[best] >= SAME and inked >= MOSTLY else None


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes."""
    across, down = a.gaps(b)
    shared = max(0, -across) * max(0, -down)
    return shared / (a.width * a.height + b.width * b.height - shared)


def _thinned(
    chosen: NDArray[np.int64],
    clutter: NDArray[np.bool_],
    random: np.random.Generator,
    most: int,
) -> NDArray[np.int64]:
    """All of the writing, and of the clutter at most so many."""
    rest = chosen[clutter]
    some = random.permutation(rest)[:most]
    return np.sort(np.concatenate([chosen[~clutter], some]))
