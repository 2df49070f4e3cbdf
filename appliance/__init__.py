"""The handwriting-reading appliance: a camera, a numpy network and a light."""

import os

# OpenCV reads these once, when it is loaded. A picture of more than 120 megapixels is refused by
# its header, before it can fill a Pi's memory; what is wrong with a file we say ourselves.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", "120000000")
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
