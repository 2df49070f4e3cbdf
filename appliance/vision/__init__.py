"""From a frame to glyphs: find the paper, the ink, the lines and each digit."""
