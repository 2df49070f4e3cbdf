"""A loudspeaker: espeak-ng says the digits, or what to do."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from typing import Annotated, Any, BinaryIO

from appliance.decide import advice
from appliance.errors import DisplayError
from appliance.keys import Key
from appliance.values import Question, Reading, State

PROGRAM = "espeak-ng"


class Speaker:
    """Says each reading; a new one silences the one before.

    Nobody waits for it to have spoken: that it failed is told with what is said next.

    start: starts a program, as subprocess.Popen does.
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
        self._speaking: tuple[Any, BinaryIO] | None = None  # the program and what it complains of

    def show(self, reading: Reading) -> None:
        """Say the digits, the guess with advice, or the advice alone.

        Raises DisplayError when espeak-ng isn't installed, or failed at what was said before.
        """
        self._say(words(reading))

    def state(self, state: State, detail: str = "") -> None:
        """Say that the camera is lost, that it shuts down, and each digit that is corrected.

        Raises DisplayError as `show` does.
        """
        if state in (State.CAMERA_LOST, State.SHUTTING_DOWN):
            self._say(state.value)
        elif state is State.CORRECTING:
            self._say(Question.parse(detail).digit)

    def close(self) -> None:
        """Be silent."""
        self._silence()

    def _say(self, text: str) -> None:
        trouble = self._silence()
        self._speak(text)
        if trouble:
            raise DisplayError(
                f"{PROGRAM} couldn't speak ({trouble}); see whether the sound output works and "
                "displays.speaker.voice is one that it has: digit-appliance doctor"
            )

    def _speak(self, text: str) -> None:
        complaints = os.fdopen(os.memfd_create(PROGRAM), "w+b")  # a pipe could be full
        try:
            # `--`: what is said is never an option. It speaks while we go on.
            program = self._start(
                [PROGRAM, *self._options, "--", text],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
            )
        except OSError as error:
            complaints.close()
            raise DisplayError(
                f"{PROGRAM} can't be started ({error.strerror or error}); "
                f"install it with: sudo apt install {PROGRAM}"
            ) from error
        self._speaking = program, complaints

    def _silence(self) -> str:
        """End what is being said; returns why the program failed by itself, empty if it didn't."""
        if self._speaking is None:
            return ""
        (program, complaints), self._speaking = self._speaking, None
        with complaints:
            if program.poll() is None:
                program.terminate()
                program.wait()
                return ""
            complaints.seek(0)
            lines = complaints.read().decode(errors="replace").split("\n")
        said = [line.strip() for line in lines if line.strip()]
        return (said or [f"status {program.returncode}"])[-1] if program.returncode else ""


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
