"""What the network's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.network.datasets import Dataset, read_mnist


@pytest.fixture(scope="session")
def mnist(shared: Path) -> Dataset:
    """MNIST's training images, read once; skips where they are absent."""
    return read_mnist(shared / "mnist")
