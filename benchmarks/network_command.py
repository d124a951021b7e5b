"""``kurir network``: looks at street networks."""

from __future__ import annotations

from benchmarks.streets_given import street_network
from benchmarks.terminal import say, say_json, stages_shown


def run_network_info(name: str, *, as_json: bool) -> None:
    """Print the figures of a network.

    Raises
    ------
    InvalidInput
        When the file is missing or no street network.
    """
    with stages_shown() as stages:
        stages.begin("streets")
        figures = street_network(name).summary()
    if as_json:
        say_json(figures)
        return
    lines = [
        f"{figures['name']}: {figures['nodes']:,} nodes, {figures['edges']:,} directed edges, {figures['km']:,.1f} km",
        f"source: {figures['source']}",
        f"connected: {figures['connected_share']:.1%} of the streets open to motorcycles",
        f"one-way: {figures['one_way_share']:.1%} of the directed edges",
        *(f"  {kind:<14}{km:>10,.1f} km" for kind, km in figures["by_class"].items()),
        *(
            f"dropped, {each['reason']}: {each['nodes']:,} nodes, {each['edges']:,} edges, {each['km']:,.1f} km"
            for each in figures["dropped"]
        ),
    ]
    say("\n".join(lines))
