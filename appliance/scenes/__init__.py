"""Scenes drawn by the project itself: pages with handwriting before a camera."""

from appliance.scenes.generate import FULL, LITE, WITHOUT_DIGITS, check_digits, generate
from appliance.scenes.recipes import Difficulty
from appliance.scenes.samples import Samples
from appliance.scenes.scene import Scene

__all__ = [
    "FULL",
    "LITE",
    "WITHOUT_DIGITS",
    "Difficulty",
    "Samples",
    "Scene",
    "check_digits",
    "generate",
]
