"""An own integer random generator and an own exponential, so that a seed gives the same plan on every machine."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from routing.search.compiled import compiled

QUANTILES = 4096
EXPONENTIAL = np.array([round(-math.log((i + 0.5) / QUANTILES) * 65536) for i in range(QUANTILES)], np.int64)
"""Quantiles of the unit exponential in 1/65536: no logarithm of the platform in the search."""


@compiled
def roll(random: npt.NDArray[np.uint64]) -> np.uint64:
    """Return 64 random bits: xorshift64* (Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return x * np.uint64(2685821657736338717)


@compiled
def below(random: npt.NDArray[np.uint64], limit: int) -> int:
    """Return a whole number in 0..limit-1."""
    return np.int64(((roll(random) >> np.uint64(32)) * np.uint64(limit)) >> np.uint64(32))  # type: ignore[return-value]


@compiled
def exponential(random: npt.NDArray[np.uint64]) -> int:
    """Return a draw from the unit exponential, in 1/65536."""
    return EXPONENTIAL[below(random, QUANTILES)]
