"""Draw a page with handwritten digits for the installer's test, and print what is written on it."""

from __future__ import annotations

import argparse

import cv2

from appliance.cameras.synthetic import Synthetic


def main() -> None:
    """Write the picture to the path given and the digits to standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    camera = Synthetic(seed=arguments.seed, scenes="page", digits="407")
    frame = camera.capture()
    if not cv2.imwrite(arguments.path, frame.pixels):
        raise SystemExit(f"{arguments.path} can't be written")
    print(camera.truth)


if __name__ == "__main__":
    main()
