"""Colours for runs that stay apart on a light map, also for colour-blind eyes."""

from __future__ import annotations

RUN_COLOURS: tuple[str, ...] = (
    "#075ea9",
    "#fd2e1c",
    "#d74ffd",
    "#760a03",
    "#199d78",
    "#5b007f",
    "#b00d6b",
    "#7a27eb",
    "#8f78ba",
    "#220ebe",
    "#0d5b45",
    "#c21b0d",
    "#977d30",
    "#b808c7",
    "#3e89f7",
    "#fe1f9d",
    "#4d324f",
    "#7d3f90",
    "#da6b71",
    "#4d7c90",
    "#985c53",
    "#4d359d",
    "#870168",
    "#6d66e0",
    "#96173a",
    "#df4ec4",
    "#4d05d9",
    "#b76ce0",
    "#b14c7a",
    "#735922",
)
"""Thirty colours, each the furthest from all before it.

Chosen greedily among the sRGB colours of OKLab lightness 0.36-0.72 that contrast with the map at least 3:1.
The distance of two colours is the smallest in OKLab as seen with full colour vision, protanopia, deuteranopia
and tritanopia (Machado, Oliveira and Fernandes 2009). Thirty colours cannot all be told apart by everyone, so
runs also carry their driver's name, and the page can show one run alone.
"""


def run_colour(index: int) -> str:
    """Return the colour of the run at `index`; they repeat after thirty."""
    return RUN_COLOURS[index % len(RUN_COLOURS)]
