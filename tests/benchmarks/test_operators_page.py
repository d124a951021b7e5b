"""The operator's page: its commands run as they stand, with little time to search; its pictures are there."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from benchmarks.cli import app
from benchmarks.peers import PEERS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "operators.md"


def commands():
    """The blocks to run, in order, each search cut to a moment."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    hurried = re.sub(r"--seconds \d+", "--seconds 0.2", "\n".join(blocks))
    return re.sub(r"--sizes \d+", "--sizes 12", hurried.replace("--runs 2", "--runs 1"))


@pytest.mark.skipif(any(PEERS[name].version is None for name in ("pyvrp", "vroom")), reason="peers are not installed")
def test_the_commands_of_the_page_run(tmp_path):
    kurir = tmp_path / "bin" / "kurir"
    kurir.parent.mkdir()
    kurir.write_text(f'#!/bin/sh\nexec {sys.executable} -m benchmarks.cli "$@"\n')
    kurir.chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    done = subprocess.run(
        ["/bin/bash", "-e", "-c", commands()],
        cwd=work,
        env={"PATH": f"{kurir.parent}:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(Path.home())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for file in ("placed.csv", "monday-plan/plan.html", "monday-size/size.html", "monday-bench/report.html"):
        assert (work / file).is_file(), file
    assert "valid: 12 of 12 requests served" in done.stdout
    assert "serve all 12 requests" in done.stdout
    records = [json.loads(line) for line in (work / "monday-bench" / "results.jsonl").read_text().splitlines()]
    assert {record["engine"] for record in records} == {"kurir", "pyvrp", "vroom", "ortools"}


def told_commands(page):
    """Every call of kurir in a code block, as words."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    calls = [re.split(r" (?:&&|\|) ", line)[0] for line in lines if re.match(r"(\.venv/bin/)?kurir ", line)]
    return [shlex.split(call, comments=True)[1:] for call in calls]


@pytest.mark.parametrize(
    "page", sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")]), ids=lambda page: page.name
)
def test_every_command_in_the_documents_is_one_that_kurir_takes(page):
    for words in told_commands(page):
        command, left = get_command(app), words
        while left and left[0] in getattr(command, "commands", {}):
            command, left = command.commands[left[0]], left[1:]
        if left != ["--help"]:
            # Raises on options and words that it does not know.
            command.make_context(" ".join(words), list(left))


def test_the_pictures_and_pages_it_shows_are_there():
    linked = re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text(encoding="utf-8"))
    assert {"size.png", "compare.png", "day.png"} <= set(linked)
    assert [name for name in linked if not (PAGE.parent / name).is_file()] == []
