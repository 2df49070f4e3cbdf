"""From a frame to glyphs: find the paper, the ink, the lines and each digit."""

import cv2

# A frame's pictures are small: with a second thread a reading takes as long, and a third more of
# the processor, because OpenCV's threads wait for work by turning in circles.
cv2.setNumThreads(1)
