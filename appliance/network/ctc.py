"""Connectionist temporal classification: texts from a row of answers that aren't aligned with them.

A network says for each column of a line which class stands there, or none. A text is as likely as
all ways together in which columns can spell it: each of its classes for one column or more, none
between, before and after (Graves et al. 2006, whose alpha and beta these are, in logarithms).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from appliance.network.layers import Array

Text = Sequence[int]
Numbers = NDArray[np.int64]
Logarithms = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _States:
    """What columns can stand for on the way through N texts: none, a class, none, a class...

    classes: (N, S), as many for each as the longest text has. skips: (N, S), True for a class that
    may follow the one before without none between, being another. ends: (N, 2), the last two.
    """

    classes: Numbers
    skips: NDArray[np.bool_]
    ends: Numbers


def log_softmax(logits: Array) -> Logarithms:
    """The logarithms of the probabilities that logits (..., classes) stand for."""
    shifted = logits.astype(np.float64)
    shifted -= shifted.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def ctc_loss(logits: Array, columns: Numbers, texts: Sequence[Text]) -> tuple[float, Array]:
    """Mean negative log-likelihood of texts, and its gradient by the logits.

    logits: (N, T, classes), of which the last means none. columns: how many of the T are each
    line's, (N,); the others count for nothing. A text that is too long for its columns, which need
    one for each class and one more between equal ones, is left out of the mean.
    """
    none = logits.shape[2] - 1
    says, states = log_softmax(logits), _states(texts, none)
    emitted = np.take_along_axis(says, states.classes[:, None, :], axis=2)
    forward, backward = _alpha(emitted, states), _beta(emitted, columns, states)
    rows = np.arange(len(logits))
    likelihood = _at_ends(forward[rows, columns - 1], states)
    possible = np.isfinite(likelihood)
    share = np.exp(forward + backward - np.where(possible, likelihood, 0)[:, None, None])
    kinds = (states.classes[:, :, None] == np.arange(none + 1)).astype(np.float64)
    gradient = np.exp(says) - np.matmul(share, kinds)
    gradient[~possible] = 0
    gradient[np.arange(logits.shape[1]) >= columns[:, None]] = 0
    count = max(1, int(possible.sum()))
    loss = -float(likelihood[possible].sum()) / count
    return loss, (gradient / count).astype(logits.dtype)


def log_likelihoods(says: Sequence[Logarithms], texts: Sequence[Text]) -> Logarithms:
    """The logarithms of texts' chances, (N,), all at once: each by the answers of its own line.

    says: of each line, one at least, (T, classes), the logarithms of each column's probabilities,
        of none last; T, 1 or more, may differ.
    texts: of each its classes.
    """
    columns = np.array([len(answers) for answers in says])
    states = _states(texts, says[0].shape[1] - 1)
    emitted = np.zeros((len(says), columns.max(), states.classes.shape[1]))
    for row, answers, classes in zip(emitted, says, states.classes, strict=True):
        row[: len(answers)] = answers[:, classes]
    return _at_ends(_alpha(emitted, states)[np.arange(len(says)), columns - 1], states)


def most_likely(says: Logarithms) -> list[tuple[int, int]]:
    """The classes that the most likely way through the columns spells, and where, from left.

    says: (T, classes). Where: the column in which each is surest.
    """
    none, best = says.shape[1] - 1, says.argmax(axis=1)
    found: list[tuple[int, int]] = []
    starts = np.flatnonzero(np.diff(best, prepend=none) != 0)
    for start, stop in pairwise([*starts, len(best)]):
        if best[start] != none:
            run = says[start:stop, best[start]]
            found.append((int(best[start]), int(start + run.argmax())))
    return found


def _states(texts: Sequence[Text], none: int) -> _States:
    lengths = np.array([len(text) for text in texts], np.int64)
    classes = np.full((len(texts), 2 * int(lengths.max(initial=0)) + 1), none, np.int64)
    for row, text in zip(classes, texts, strict=True):
        row[1 : 2 * len(text) : 2] = text
    skips = np.zeros(classes.shape, np.bool_)
    skips[:, 2:] = (classes[:, 2:] != none) & (classes[:, 2:] != classes[:, :-2])
    ends = np.stack([2 * lengths, np.maximum(2 * lengths - 1, 0)], axis=1)
    return _States(classes, skips, ends)


def _alpha(emitted: Logarithms, states: _States) -> Logarithms:
    """(N, T, S): the chance of all ways to be in a state after a column, its own answer with it."""
    count, columns, size = emitted.shape
    alpha = np.full((columns, count, size), -np.inf)
    alpha[0, :, :2] = emitted[:, 0, :2]
    barred = np.where(states.skips, 0.0, -np.inf)[:, 2:]
    for column in range(1, columns):
        before, now = alpha[column - 1], alpha[column]
        now[:] = before
        now[:, 1:] = np.logaddexp(now[:, 1:], before[:, :-1])
        now[:, 2:] = np.logaddexp(now[:, 2:], before[:, :-2] + barred)
        now += emitted[:, column]
    return alpha.transpose(1, 0, 2)


def _beta(emitted: Logarithms, columns: Numbers, states: _States) -> Logarithms:
    """(N, T, S): the chance of all ways that lead from a state after a column to the text's end."""
    count, most, size = emitted.shape
    beta = np.full((most, count, size), -np.inf)
    rows = np.arange(count)
    barred = np.where(states.skips, 0.0, -np.inf)[:, 2:]
    for column in range(most - 1, -1, -1):
        now = beta[column]
        if column < most - 1:
            after = beta[column + 1] + emitted[:, column + 1]
            now[:] = after
            now[:, :-1] = np.logaddexp(now[:, :-1], after[:, 1:])
            now[:, :-2] = np.logaddexp(now[:, :-2], after[:, 2:] + barred)
        last = rows[columns - 1 == column]
        now[columns - 1 < column] = -np.inf
        now[last] = -np.inf
        for end in states.ends.T:
            now[last, end[last]] = 0.0
    return beta.transpose(1, 0, 2)


def _at_ends(alpha: Logarithms, states: _States) -> Logarithms:
    """(N,): the chance of having come to the end of the text; alpha: (N, S), the last column's."""
    rows = np.arange(len(alpha))
    last, before = alpha[rows, states.ends[:, 0]], alpha[rows, states.ends[:, 1]]
    return np.asarray(np.where(states.ends[:, 0] == 0, last, np.logaddexp(last, before)))
