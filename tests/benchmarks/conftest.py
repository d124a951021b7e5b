"""What tests of several modules here need."""

from __future__ import annotations

import pytest


@pytest.fixture
def write(tmp_path):
    """Write a file and return its path."""

    def written(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written
