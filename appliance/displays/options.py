"""Settings that several displays have, declared once: what they mean and their bounds."""

from __future__ import annotations

from typing import Annotated

from appliance.keys import Key
from appliance.service.wires import LAST_GPIO

PinNumber = Annotated[int, Key("BCM number of its pin.", minimum=0, maximum=LAST_GPIO)]

Brightness = Annotated[float, Key("Of what is lit, as the eye sees it.", minimum=0, maximum=1)]

Gamma = Annotated[
    float,
    Key(
        "Exponent from what the eye sees to the share of the time that it is lit.",
        minimum=1,
        maximum=4,
    ),
]

GAMMA = 2.2
"""What most eyes see."""

DarkAfter = Annotated[
    float,
    Key(
        "Seconds after which it goes dark; 0: never.", minimum=0, maximum=1_000_000_000
    ),  # 32 years
]
