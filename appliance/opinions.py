"""Opinions: what classifier and recogniser say together of a digit."""

from __future__ import annotations

import numpy as np

from appliance.values import Prediction
from appliance.vision.odds import LEAST, chances_of, log_odds
from appliance.vision.spots import Spots

GLYPH, WINDOW = 0.35, 1.0
"""Shares of classifier and recogniser in the log-odds of one digit against another."""

SHAPE, SPOT, PRIOR = 0.1, 1.3, -2.0
"""Their shares in the log-odds that there is a digit at all, and what is added.

All were fitted to spots in drawn scenes (`benchmarks/opinions.py`) with earlier networks. With the
present ones the fit counts the recogniser for more, and scenes of another generator are then read
worse: these are kept."""


def judge(shape: Prediction, spot: Spots) -> Prediction:
    """What both say together of a spot: logistic regression on their log-odds.

    shape: what the classifier says of the glyph that is cut out there. spot: one alone.
    """
    which = GLYPH * np.log(shape.probabilities + LEAST)
    which += WINDOW * np.log(spot.says[0, :10] + LEAST)
    shares = np.exp(which - which.max())
    told = SHAPE * log_odds(1 - shape.not_a_digit) + SPOT * log_odds(float(spot.sure[0])) + PRIOR
    digit = float(chances_of(told))
    return Prediction(np.asarray(digit * shares / shares.sum(), np.float32), 1 - digit)
