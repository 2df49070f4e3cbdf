"""What all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

import appliance  # noqa: F401  # before any test imports cv2: it sets OpenCV's limits

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of photographs, scenes and MNIST beside the checkout; skips where it is absent."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the test data in {folder} is absent")
    return folder
