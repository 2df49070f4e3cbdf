"""Hands that hold a page: an arm and a palm behind it, a thumb on it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance.scenes import textures
from appliance.scenes.canvas import (
    Colour,
    ellipse,
    enlarge,
    lay,
    lines,
    mix,
    oval,
    shade,
    to_bytes,
    window,
)
from appliance.scenes.strokes import Image, Points, Stroke, spline

SKINS: tuple[Colour, ...] = (
    (178, 202, 238), (160, 188, 232), (134, 168, 220), (112, 146, 202),
    (88, 122, 178), (64, 92, 142), (50, 70, 110), (38, 52, 84),
)  # fmt: skip

NAIL: Colour = (190, 190, 235)
CLOTHS: tuple[Colour, ...] = (
    (70, 50, 45),
    (60, 60, 60),
    (150, 90, 60),
    (80, 80, 170),
    (200, 200, 200),
)


@dataclass(frozen=True, slots=True, eq=False)
class Hand:
    """A hand in pixels of the frame.

    arm: behind the page; sleeve: the part of the arm that is covered, if any.
    thumb: over the page, from the palm to its tip.
    """

    skin: Colour
    thickness: float
    arm: list[Stroke]
    thumb: Stroke
    sleeve: Stroke | None
    cloth: Colour


def new_hand(rng: Generator, grip: Points, inwards: Points, thickness: float) -> Hand:
    """A hand that holds the page's edge at `grip`, its thumb pointing `inwards` (unit vector).

    thickness: of the thumb, in pixels.
    """
    w = thickness
    side = np.array([-inwards[1], inwards[0]]) * rng.choice((-1.0, 1.0))
    tip = grip + inwards * w * rng.uniform(1.3, 2.4)
    bow = side * w * rng.uniform(0.0, 0.35)
    base = grip - inwards * w * rng.uniform(1.4, 2.0) + side * w * 0.5
    knuckle = grip + inwards * w * 0.1 + bow
    thumb = _limb([tip, (tip + knuckle) / 2 + bow * 0.7, knuckle, base], [0.82, 1.0, 0.97, 1.5], w)
    palm = base - inwards * w * 1.0 + side * w * 0.4
    wrist = palm - inwards * w * 2.2 + side * w * rng.uniform(-0.3, 0.8)
    elbow = wrist - (inwards * 14 + side * rng.uniform(-4, 4)) * w
    hand = _limb([grip + inwards * w - side * w * 0.4, palm, wrist], [2.0, 3.3, 2.5], w)
    fingers = [
        _limb([palm, grip + inwards * w * reach - side * w * along], [1.3, 0.95], w)
        for reach, along in ((1.2, 2.2), (0.6, 1.2), (0.9, 3.0))
    ]
    sleeve = _limb([wrist - inwards * w * rng.uniform(0.8, 5), elbow], [3.0, 4.0], w)
    return Hand(
        skin=_skin(rng),
        thickness=w,
        arm=[*fingers, hand, _limb([wrist, elbow], [2.4, 3.4], w)],
        thumb=thumb,
        sleeve=sleeve if rng.random() < 0.5 else None,
        cloth=shade(CLOTHS[int(rng.integers(len(CLOTHS)))], rng.uniform(0.7, 1.2)),
    )


def _skin(rng: Generator) -> Colour:
    first, second = rng.integers(0, len(SKINS), 2)
    return mix(SKINS[int(first)], SKINS[int(second)], 0.3)


def _limb(joints: list[Points], widths: list[float], unit: float) -> Stroke:
    """A tapered limb along its joints: a stroke of 16 points."""
    line = spline(np.array(joints))
    t, at = np.linspace(0, 1, 16), np.linspace(0, 1, len(line))
    x, y = (np.interp(t, at, line[:, axis]) for axis in (0, 1))
    width = np.interp(t, np.linspace(0, 1, len(widths)), widths)
    return np.column_stack([x, y, width * unit])


def paint_arm(rng: Generator, frame: Image, hand: Hand) -> None:
    """Paint what stands behind the page, in place."""
    paint_flesh(rng, frame, hand.arm, hand.skin, hand.thickness * 0.9)
    if hand.sleeve is not None:
        paint_flesh(rng, frame, [hand.sleeve], hand.cloth, hand.thickness * 1.4)


def paint_thumb(rng: Generator, frame: Image, hand: Hand) -> Image:
    """Paint the thumb with its shadow over the page, in place; returns its coverage (H, W)."""
    cover = _silhouette(frame.shape, [hand.thumb])
    view = window(hand.thumb[:, :2], frame.shape, hand.thickness * 1.6)
    _shadow(rng, frame[view], cover[view], hand.thickness)
    paint_flesh(rng, frame, [hand.thumb], hand.skin, hand.thickness * 0.5)
    _nail(frame, hand)
    return cover


def _silhouette(shape: tuple[int, ...], limbs: list[Stroke]) -> Image:
    cover = np.zeros(shape[:2], np.uint8)
    for limb in limbs:
        for start, end in itertools.pairwise(limb):
            lines(cover, [np.array([start[:2], end[:2]])], 255.0, (start[2] + end[2]) / 2)
    return cover


def _shadow(rng: Generator, frame: Image, cover: Image, thickness: float) -> None:
    if frame.size == 0:
        return
    small = np.asarray(cv2.resize(cover, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA))
    dx, dy = rng.uniform(-0.06, 0.06) * thickness, rng.uniform(0.0, 0.1) * thickness
    moved = cv2.warpAffine(small, np.array([[1, 0, dx], [0, 1, dy]]), small.shape[::-1])
    soft = cv2.GaussianBlur(moved, (0, 0), max(thickness * 0.05, 0.6))
    wide = enlarge(np.asarray(soft, np.uint8), *frame.shape[:2])
    lay(frame, (20.0, 20.0, 24.0), to_bytes(wide * rng.uniform(0.15, 0.4)))


def paint_flesh(
    rng: Generator, frame: Image, limbs: list[Stroke], skin: Colour, round_: float
) -> None:
    """Fill limbs as rounded bodies in a light from above; round_: depth of the rounding."""
    spots = np.concatenate([limb[:, :2] for limb in limbs])
    widest = max(float(limb[:, 2].max()) for limb in limbs)
    view = window(spots, frame.shape, widest / 2 + 2)
    piece = frame[view]
    if piece.shape[0] < 4 or piece.shape[1] < 4:
        return
    corner = np.array((view[1].start, view[0].start, 0), np.float64)
    cover = _silhouette(piece.shape, [limb - corner for limb in limbs])
    tone = _relief(rng, cover, round_)
    body = to_bytes(tone[..., None] * np.array(skin, np.float32))
    lay(piece, enlarge(body, *piece.shape[:2]), cover)


def _relief(rng: Generator, cover: Image, round_: float) -> NDArray[np.float32]:
    """Brightness of a rounded body, at a quarter of the size of its silhouette."""
    rows, columns = max(cover.shape[0] // 4, 2), max(cover.shape[1] // 4, 2)
    small = np.asarray(cv2.resize(cover, (columns, rows), interpolation=cv2.INTER_AREA))
    framed = np.pad(small, 2, mode="edge")
    depth = np.asarray(cv2.distanceTransform((framed > 127).astype(np.uint8), cv2.DIST_L2, 3))
    depth = np.minimum(depth[2:-2, 2:-2] * np.float32(4 / round_), 1.0)
    dome = np.sqrt(np.maximum(1 - (1 - depth) ** 2, 0)).astype(np.float32)
    dome = cv2.GaussianBlur(dome, (0, 0), max(round_ / 16, 0.7))
    slope_y, slope_x = np.gradient(np.asarray(dome) * np.float32(round_ / 4))
    bright = 0.84 + 0.16 * dome - 0.10 * slope_y - 0.05 * slope_x
    mottled = textures.field(rng, rows, columns) * np.float32(0.018)
    return np.asarray(np.clip(bright + mottled, 0.3, 1.15), np.float32)


def _nail(frame: Image, hand: Hand) -> None:
    """The nail at the thumb's tip, and the folds of its joint."""
    tip, along = hand.thumb[0, :2], hand.thumb[0, :2] - hand.thumb[4, :2]
    along = along / max(float(np.hypot(*along)), 1e-6)
    w = hand.thickness
    turn = float(np.degrees(np.arctan2(along[1], along[0])))
    centre = tip + along * w * 0.02
    ellipse(frame, centre - along * w * 0.03, (w * 0.35, w * 0.28), turn, shade(hand.skin, 0.84))
    ellipse(frame, centre, (w * 0.32, w * 0.25), turn, mix(hand.skin, NAIL, 0.45))
    ellipse(
        frame, centre + along * w * 0.08, (w * 0.16, w * 0.13), turn, mix(hand.skin, NAIL, 0.65)
    )
    joint = hand.thumb[7, :2]
    for offset in (-0.09, 0.02, 0.12):
        arc = oval(joint + along * w * offset, (w * 0.04, w * 0.26), turn)[:20]
        lines(frame, [arc], shade(hand.skin, 0.8), w * 0.02)
