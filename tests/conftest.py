"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

import appliance  # noqa: F401  # before any test imports cv2: it sets OpenCV's limits
from appliance.service.pins import Pins

# The tests' matrices are small: threads only wait for each other, ten times as long on a busy
# machine. Takes effect because numpy is imported later.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# A busy machine takes its time over anything: slowness is measured in benchmarks/, not here.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of photographs, scenes and MNIST beside the checkout; skips where it is absent."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the test data in {folder} is absent")
    return folder


@pytest.fixture
def pins() -> Iterator[Pins]:
    """Pins that are connected to nothing; see tests.fake_pins."""
    pins = Pins("mock")
    yield pins
    pins.factory.reset()
