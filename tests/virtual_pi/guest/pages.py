"""Pages with handwriting, whose digits are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from appliance.scenes import generate
from appliance.values import Reading
from tests.virtual_pi.guest.header import press
from tests.virtual_pi.guest.service import reading_after
from tests.virtual_pi.guest.sheet import Sheet

PAGES = 8
"""The most that are held up for one answer. Some of these drawn pages aren't read surely, and what
is tested here is the way from the button to the lamps; `scripts/score` counts how many are.
"""


def read_page(
    sheet: Sheet,
    digits: str,
    push: Callable[[], object] = press,
    rng: np.random.Generator | None = None,
) -> Reading:
    """Hold up a page with these digits and press the button, with another page if it misreads."""
    rng = rng or np.random.default_rng(int(digits))
    guesses = []
    for _ in range(PAGES):
        sheet.show(generate(rng, "easy", digits=digits).frame)
        reading = reading_after(push)
        if reading.text == digits:
            return reading
        guesses.append(f"{reading.status} {reading.guess!r} {reading.reason or ''}")
    raise AssertionError(f"{digits} was held up {PAGES} times and read as {', '.join(guesses)}")
