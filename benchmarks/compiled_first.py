"""The search is compiled, or read back from disk, before any clock runs."""

from __future__ import annotations

from benchmarks.terminal import Stages, interrupt_kept, tell


def compile_first(stages: Stages) -> None:
    """Make the search ready; say so where that takes a while."""
    stages.begin("search engine")
    from routing.search import warm_up
    from routing.search.compiled import is_cached

    if not is_cached():
        tell("compiling the search, once for this machine: a minute or more")
    with interrupt_kept():
        warm_up()
