"""Random numbers that depend only on what they are asked about, never on the order of asking.

A record must be the same whichever window asks for it, so nothing here has a state: every draw is a
hash of the seed, a key (which record) and a purpose (which of its properties).
"""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

UInt64s = npt.NDArray[np.uint64]
Int64s = npt.NDArray[np.int64]
Float64s = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def mix(values: UInt64s) -> UInt64s:
    """Scramble 64-bit numbers (the finaliser of splitmix64); wraps around silently."""
    mixed = (values ^ (values >> np.uint64(30))) * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    return mixed ^ (mixed >> np.uint64(31))


def draw(seed: int, purpose: str, keys: UInt64s) -> UInt64s:
    """Draw one 64-bit number per key.

    Args:
        seed: The history's seed.
        purpose: Which property is drawn, so that properties of one key are independent.
        keys: One number per record (or message, or day).

    Returns:
        An array as long as ``keys``; equal arguments always give equal numbers.
    """
    salt = mix(np.array([(seed << 32 ^ zlib.crc32(purpose.encode())) % 2**64], dtype=np.uint64))
    return mix((keys + salt) * _GOLDEN + salt)


def draw_unit(seed: int, purpose: str, keys: UInt64s) -> Float64s:
    """Draw one number in ``[0, 1)`` per key."""
    numbers: Float64s = (draw(seed, purpose, keys) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return numbers


def draw_below(seed: int, purpose: str, keys: UInt64s, limit: int | Int64s) -> Int64s:
    """Draw one whole number in ``[0, limit)`` per key; ``limit`` may differ by key."""
    numbers: Int64s = np.floor(draw_unit(seed, purpose, keys) * limit).astype(np.int64)
    return numbers


def draw_normal(seed: int, purpose: str, keys: UInt64s) -> Float64s:
    """Draw one standard normal number per key (Box-Muller)."""
    radius = np.sqrt(-2.0 * np.log1p(-draw_unit(seed, purpose + "/radius", keys)))
    numbers: Float64s = radius * np.cos(2 * np.pi * draw_unit(seed, purpose + "/angle", keys))
    return numbers


def draw_chance(seed: int, purpose: str, keys: UInt64s, chance: float) -> Bools:
    """Draw a true with the given chance per key."""
    chosen: Bools = draw_unit(seed, purpose, keys) < chance
    return chosen


def draw_weighted(seed: int, purpose: str, keys: UInt64s, weights: Float64s) -> Int64s:
    """Draw a position in ``weights`` per key, each as often as its weight says."""
    edges = np.cumsum(weights) / np.sum(weights)
    positions: Int64s = np.searchsorted(edges, draw_unit(seed, purpose, keys), side="right")
    return np.minimum(positions, len(weights) - 1)
