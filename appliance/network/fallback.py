"""Weights for an appliance that must go on: the last good copy stands in for a damaged file."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from appliance.errors import WeightsError
from appliance.network.weights import write_atomically

Loaded = TypeVar("Loaded")


def load_or_fall_back(
    load: Callable[[Path], Loaded], wanted: Path, *, shipped: Path, copy: Path | None
) -> Loaded:
    """Load the wanted weights, else the copy of the last good ones, else the shipped ones.

    Whatever takes over is logged as a warning, with what is wrong with the others.

    load: raises WeightsError for a file that can't be used, or isn't there.
    copy: where a copy of the wanted file is kept once it was loaded; None keeps none. That it
        can't be written is no error: then there is one spare less.
    Raises WeightsError, that of the wanted file, when none of them can be used.
    """
    log = logging.getLogger(__name__)
    try:
        loaded = load(wanted)
    except WeightsError as error:
        for name, spare in (("last good", copy), ("shipped", shipped)):
            if spare is None or spare == wanted:
                continue
            try:
                loaded = load(spare)
            except WeightsError as other:
                if not isinstance(other.__cause__, FileNotFoundError):
                    log.warning("%s", other)
                continue
            log.warning("%s; the %s weights take over: %s", error, name, spare)
            return loaded
        raise
    if copy is not None:
        _keep(wanted, copy, log)
    return loaded


def _keep(good: Path, copy: Path, log: logging.Logger) -> None:
    """Copy a file that was just loaded, unless the copy is the same already."""
    try:
        content = good.read_bytes()
        if not copy.exists() or copy.read_bytes() != content:
            copy.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(copy, content)
    except OSError as error:
        log.info("%s: no copy of the weights is kept there (%s)", copy, error.strerror or error)
