"""The house's order: nothing needs hardware to be imported, and imports point one way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
LINTER = Path(sys.executable).with_name("lint-imports")

IMPORT_ALL_WITHOUT_HARDWARE = """
import importlib, pkgutil, sys
for name in ("gpiozero", "luma", "picamera2", "libcamera", "lgpio", "RPi", "smbus2", "spidev"):
    sys.modules[name] = None  # makes `import name` raise ImportError
import appliance
names = [module.name for module in pkgutil.walk_packages(appliance.__path__, "appliance.")]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


def test_every_module_is_imported_without_hardware_libraries() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL_WITHOUT_HARDWARE],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 20


def test_opencv_reads_and_draws_with_one_thread() -> None:
    """A second one turns in circles; the modules that use most of its time see to that."""
    code = "import cv2, appliance.{}; print(cv2.getNumThreads())"
    for module in ("app", "cameras.synthetic", "cli.drawing"):
        done = subprocess.run(
            [sys.executable, "-c", code.format(module)],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "1\n", module


@pytest.mark.skipif(not LINTER.exists(), reason="import-linter isn't installed")
def test_imports_point_one_way() -> None:
    done = subprocess.run([LINTER], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
