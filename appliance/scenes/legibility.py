"""Keeps scenes such that a person can still read them, so that their labels are fair."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from appliance.scenes.canvas import Colour
from appliance.scenes.light import Light
from appliance.scenes.optics import Optics
from appliance.scenes.pens import Ink

LEAST_CONTRAST = 14.0
"""Grey levels between ink and paper, where the light is poor."""

LEAST_STROKE = 1.6
"""Width of a line in pixels."""


def legible_optics(optics: Optics, digit: float, stroke: float, unit: float) -> Optics:
    """Optics that leave a digit of `digit` pixels with lines of `stroke` pixels readable.

    unit: height of the frame / 960, as `Optics` counts its lengths.
    """
    return replace(
        optics,
        defocus=min(optics.defocus, (0.045 * digit + 0.3 * stroke) / unit),
        motion=min(optics.motion, (0.09 * digit + 0.5 * stroke) / unit),
        detail=min(max(optics.detail, 1.5 / stroke, 18 / digit), 1.0),
    )


def legible_light(light: Light, optics: Optics, ink: Ink, paper: Colour, stroke: float) -> Light:
    """Light that is bright enough, and glares little enough, for ink to stand out of the noise.

    stroke: width of a line, in pixels of a frame 960 high.
    """
    step = abs(_grey(paper) - _grey(ink.colour)) * ink.opacity * (1 - 0.4 * ink.grain)
    losses = (1 - light.shadow) * (1 - 0.6 * light.gradient) * (1 - 0.5 * light.vignette)
    thin = stroke / (stroke + 1.2 * optics.defocus)
    seen = step * losses * thin * optics.contrast * min(light.cast)
    wanted = LEAST_CONTRAST + 1.2 * 255 * optics.noise
    brighter = max(light.exposure, min(wanted / max(seen, 0.1), 1.1))
    spare = 1 - wanted / max(seen * brighter, wanted)
    return replace(light, exposure=float(brighter), glare=float(min(light.glare, spare)))


def legible_ink(ink: Ink, light: Light, paper: Colour) -> Ink:
    """Ink strong enough for paper of its colour: as a writer would press harder."""
    step = abs(_grey(paper) - _grey(ink.colour)) * min(light.exposure, 1.0)
    least = 30.0 / max(step, 1.0)
    return replace(ink, opacity=float(np.clip(max(ink.opacity, least), 0.0, 1.0)))


def _grey(colour: Colour) -> float:
    return 0.114 * colour[0] + 0.587 * colour[1] + 0.299 * colour[2]
