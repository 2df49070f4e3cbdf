"""A reading drawn for a small screen of two colours: digits, confidence, glyph and advice."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from appliance.decide import advice
from appliance.displays.segments import SEGMENTS
from appliance.values import GLYPH_SIZE, Question, ReadDigit, Reading, State

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

CHARACTER = 6
"""Width of a letter of Pillow's built-in font, in pixels."""

LINE = 10
"""Height of a line of text, in pixels."""

TAIL = 2
"""What the last line's g and y reach below it, in pixels."""

ROOMY = 64
"""Screens at least so high have room for advice; others say the reason alone."""

NARROWEST = 9
"""Pixels from one digit of seven segments to the next; narrower ones are letters."""

BAR = 3
"""Height of the confidence bar, in pixels."""

WORDS = {
    State.STARTING: "starting",
    State.READY: "ready",
    State.LOOKING: "looking ...",
    State.CORRECTING: "which digit is it?",
    State.CAMERA_LOST: "camera lost",
    State.SHUTTING_DOWN: "shutting down ...",
    State.STOPPED: "",
}


def draw_reading(reading: Reading, width: int, height: int) -> Image.Image:
    """Draw a reading: an image of mode 1, lit pixels 1.

    On the left the digits as large as they fit, on the right the glyph of the least certain one,
    below a bar as long as the confidence. An unsure reading has a question mark, and the advice
    takes the place of half the digits' height; nothing is the advice alone. Of more digits than fit
    the last are left out.
    """
    image, draw = _blank(width, height)
    words = advice(reading.reason) if height >= ROOMY else reading.reason or ""
    if reading.status == "nothing":
        _write(draw, "nothing read", 0)
        _write(draw, words, LINE)
        return image
    text_height = LINE * len(_wrap(words, width)) + TAIL if words else 0
    bottom = height - text_height - BAR - 1
    doubtful = min(reading.digits, key=lambda digit: digit.confidence)
    digits_width = width
    if bottom >= GLYPH_SIZE:
        image.paste(_glyph(doubtful), (width - GLYPH_SIZE, 0))
        digits_width = width - GLYPH_SIZE - 4
    shown = reading.guess.replace("\n", " ") + ("?" if reading.status == "unsure" else "")
    _digits(draw, shown, digits_width, bottom - 1)
    draw.rectangle((0, bottom, width - 1, bottom + BAR - 1), outline=1)
    draw.rectangle((0, bottom, round(reading.confidence * (width - 1)), bottom + BAR - 1), fill=1)
    _write(draw, words, bottom + BAR + 1)
    return image


def draw_state(state: State, detail: str, width: int, height: int) -> Image.Image:
    """Draw a state: an image of mode 1. While correcting, the digit in question is drawn large."""
    image, draw = _blank(width, height)
    if state is State.CORRECTING and detail[:1] in SEGMENTS:
        question = Question.parse(detail)
        _write(draw, _asked(question), 0)
        _digits(draw, question.digit, width, height - LINE - 1, top=LINE + 1)
    else:
        _write(draw, WORDS[state], 0)
        _write(draw, _fitting(detail, width, height), LINE, most=(height - LINE) // LINE)
    return image


def _asked(question: Question) -> str:
    """Which digit is asked about, where there are several."""
    if question.count == 1:
        return WORDS[State.CORRECTING]
    return f"digit {question.place} of {question.count}?"


def _fitting(detail: str, width: int, height: int) -> str:
    """What fits below a line: of more than that the remedy, after the semicolon, comes first."""
    if len(_wrap(detail, width)) <= (height - LINE) // LINE or ";" not in detail:
        return detail
    trouble, _, remedy = detail.partition(";")
    return f"{remedy.strip()}; {trouble}"


def _blank(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    from PIL import Image, ImageDraw  # noqa: PLC0415

    image = Image.new("1", (width, height))
    return image, ImageDraw.Draw(image)


def _glyph(digit: ReadDigit) -> Image.Image:
    from PIL import Image  # noqa: PLC0415

    return Image.fromarray((digit.glyph.pixels >= 0.5).astype(np.uint8) * 255).convert("1")


def _wrap(words: str, width: int, most: int | None = None) -> list[str]:
    """Lines of so many pixels; of more than `most` the rest is left out, which three dots say."""
    return textwrap.wrap(words, max(1, width // CHARACTER), max_lines=most, placeholder="...")


def _write(
    draw: ImageDraw.ImageDraw,
    words: str,
    top: int,
    width: int | None = None,
    most: int | None = None,
) -> None:
    from PIL import ImageFont  # noqa: PLC0415

    width = width or int(draw.im.size[0])
    for number, line in enumerate(_wrap(words, width, most)):
        draw.text((0, top + number * LINE), line, font=ImageFont.load_default(), fill=1)


def _digits(draw: ImageDraw.ImageDraw, text: str, width: int, height: int, top: int = 0) -> None:
    """Draw characters of seven segments as large as they fit, between 1.5 and 2 times as high."""
    cell = min(width // len(text), height * 2 // 3)
    if cell < NARROWEST:
        _write(draw, text, top, width, max(1, (height + 1) // LINE))
        return
    height = min(height, 2 * cell)
    for number, character in enumerate(text):
        left = number * cell
        box = (left, top, left + cell - max(2, cell // 5), top + height - 1)
        if character == "?":
            _question(draw, box)
        else:
            _segments(draw, SEGMENTS.get(character, ""), box)


Box = tuple[int, int, int, int]
"""Left, top, right, bottom: pixels, inclusive."""


def _segments(draw: ImageDraw.ImageDraw, lit: str, box: Box) -> None:
    left, top, right, bottom = box
    thick = max(1, (right - left) // 6)
    middle = (top + bottom) // 2
    strokes = {
        "a": (left, top, right, top + thick),
        "b": (right - thick, top, right, middle),
        "c": (right - thick, middle, right, bottom),
        "d": (left, bottom - thick, right, bottom),
        "e": (left, middle, left + thick, bottom),
        "f": (left, top, left + thick, middle),
        "g": (left, middle - thick // 2, right, middle + thick - thick // 2),
    }
    for name in lit:
        draw.rectangle(strokes[name], fill=1)


def _question(draw: ImageDraw.ImageDraw, box: Box) -> None:
    left, top, right, bottom = box
    _segments(draw, "ab", box)
    middle, centre = (top + bottom) // 2, (left + right) // 2
    thick = max(1, (right - left) // 6)
    draw.rectangle((centre, middle - thick // 2, right, middle + thick - thick // 2), fill=1)
    draw.rectangle((centre, middle, centre + thick, middle + (bottom - middle) // 2), fill=1)
    draw.rectangle((centre, bottom - thick, centre + thick, bottom), fill=1)
