"""A loudspeaker: espeak-ng says the digits, or what to do."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from appliance.decide import advice
from appliance.errors import DisplayError
from appliance.keys import Key
from appliance.values import Reading, State

PROGRAM = "espeak-ng"


class Speaker:
    """Says each reading; a new one silences the one before.

    start: starts a program, as subprocess.Popen does.

    Raises DisplayError when espeak-ng isn't installed.
    """

    def __init__(
        self,
        *,
        voice: Annotated[str, Key("espeak-ng's voice; espeak-ng --voices lists them.")] = "en",
        speed: Annotated[int, Key("Words a minute.", minimum=80, maximum=450)] = 150,
        volume: Annotated[float, Key("How loud.", minimum=0, maximum=1)] = 0.5,
        start: Callable[..., Any] | None = None,
    ) -> None:
        self._options = ["-v", voice, "-s", str(speed), "-a", str(round(200 * volume))]
        self._start = start or subprocess.Popen
        self._speaking: Any = None

    def show(self, reading: Reading) -> None:
        """Say the digits, the guess with advice, or the advice alone. Raises DisplayError."""
        self._say(words(reading))

    def state(self, state: State, detail: str = "") -> None:
        """Say that the camera is lost, that it shuts down, and each digit that is corrected."""
        if state in (State.CAMERA_LOST, State.SHUTTING_DOWN):
            self._say(state.value)
        elif state is State.CORRECTING and detail:
            self._say(detail)

    def close(self) -> None:
        """Be silent."""
        speaking, self._speaking = self._speaking, None
        if speaking is not None:
            speaking.terminate()
            speaking.wait()

    def _say(self, text: str) -> None:
        self.close()
        try:
            # `--`: what is said is never an option. It speaks while we go on.
            self._speaking = self._start(
                [PROGRAM, *self._options, "--", text],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise DisplayError(
                f"{PROGRAM} can't be started ({error.strerror or error}); "
                f"install it with: sudo apt install {PROGRAM}"
            ) from error


def words(reading: Reading) -> str:
    """What is said of a reading: digits one by one, lines with a pause between."""
    digits = ", ".join(_spaced(line) for line in reading.guess.split("\n") if line)
    if reading.status == "read":
        return digits
    if reading.status == "unsure":
        return f"Perhaps {digits}. {advice(reading.reason)}"
    return advice(reading.reason)


def _spaced(digits: Sequence[str]) -> str:
    return " ".join(digits)
