"""How an output was made: version, command and settings, so that anyone can repeat it."""

from __future__ import annotations

import os
import platform
import shlex
import sys
import time
from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import Any


def made(asked: Any = None) -> dict[str, Any]:
    """Return how an answer is made.

    Parameters
    ----------
    asked
        The dataclass of what was asked for: its fields are the settings, those left to their defaults among them.

    Returns
    -------
    dict
        ``version`` of this package, ``command`` as it was typed (where there is one), ``settings``, ``date`` and
        ``machine``.
    """
    from routing.solve import version

    how: dict[str, Any] = {"version": version()}
    if Path(sys.argv[0]).stem in ("kurir", "cli"):
        how["command"] = shlex.join(["kurir", *sys.argv[1:]])
    if asked is not None:
        settings = {field.name: _plain(getattr(asked, field.name)) for field in fields(asked)}
        how["settings"] = {name: value for name, value in settings.items() if name not in ("as_json", "resume")}
    how["date"] = time.strftime("%Y-%m-%d %H:%M")
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    how["machine"] = f"{os.cpu_count()} cores, {system}"
    return how


def made_in_words(how: Mapping[str, Any]) -> str:
    """Return `made` in a line."""
    given = {name: value for name, value in how.get("settings", {}).items() if value not in (None, "", [], {})}
    settings = ", ".join(f"{name} {_shown(value)}" for name, value in given.items())
    parts = [f"Made by kurir {how['version']}", f"`{how['command']}`" if "command" in how else "", settings]
    return "; ".join(filter(None, [*parts, f"{how['date']}, {how['machine']}"]))


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name} {_shown(each)}" for name, each in value.items() if each not in (None, []))
    return " ".join(_shown(each) for each in value) if isinstance(value, list) else str(value)
