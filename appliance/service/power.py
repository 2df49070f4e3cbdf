"""Switches the machine off, the clean way: systemd ends what runs and unmounts the card first."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from typing import Any

from appliance.errors import ServiceError

COMMAND = ("systemctl", "--no-ask-password", "poweroff")
"""It returns as soon as systemd has agreed. Without a password: nobody is there to type one."""

PATIENCE = 15.0
"""Seconds for it to agree."""


def power_off(command: tuple[str, ...] = COMMAND, run: Callable[..., Any] = subprocess.run) -> None:
    """Ask systemd to switch the machine off. Raises ServiceError when it refuses.

    run: runs a program, as subprocess.run does.
    """
    try:
        run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        )
    except subprocess.CalledProcessError as error:
        words = str(error.stderr or "").strip() or f"status {error.returncode}"
        raise ServiceError(
            f"the machine can't be switched off ({words}); the user that the appliance runs as "
            "needs the right to, which scripts/install gives the service; otherwise set "
            'when = "never" under [power_off]'
        ) from error
    except subprocess.TimeoutExpired as error:
        raise ServiceError(
            f"the machine can't be switched off (systemd didn't answer within {PATIENCE:.0f} "
            'seconds); hold the button again, or set when = "never" under [power_off]'
        ) from error
    except (OSError, subprocess.SubprocessError) as error:
        raise ServiceError(
            f"the machine can't be switched off ({error}); without systemd set "
            'when = "never" under [power_off]'
        ) from error


def may_power_off(when: str, environment: Mapping[str, str]) -> bool:
    """Whether holding the button switches the machine off.

    when: always, never, or service: only if systemd started this process as a service that tells
        it how it is. (INVOCATION_ID wouldn't do: a desktop's terminals inherit one.)
    """
    return when == "always" or (when == "service" and "NOTIFY_SOCKET" in environment)
