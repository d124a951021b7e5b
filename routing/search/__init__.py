"""The compiled core: flat arrays in, flat arrays out."""

from __future__ import annotations


def warm_up() -> float:
    """Compile the search, or load it from the cache on disk.

    Returns
    -------
    float
        Seconds it took.
    """
    from routing.search import warmup

    return warmup.warm_up()


__all__ = ["warm_up"]
