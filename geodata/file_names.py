"""Names of files that are safe on any system."""

from __future__ import annotations

import re
import unicodedata


def numbered_file(number: int, name: str, suffix: str) -> str:
    """Return a name such as ``03-Budi-Santoso.gpx``; the number keeps names apart that become alike.

    Parameters
    ----------
    number
        At least 1.
    name
        Any text; what is not a plain letter or digit becomes a hyphen.
    suffix
        With its dot.

    Examples
    --------
    >>> numbered_file(3, "Budi Santoso / 2", ".gpx")
    '03-Budi-Santoso-2.gpx'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:40]
    return f"{number:02}-{slug}{suffix}" if slug else f"{number:02}{suffix}"
