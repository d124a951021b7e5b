"""How commands speak and end: exit codes, problems on standard error, Ctrl-C, a progress bar on a terminal."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from routing.solve import Progress as SearchProgress

DONE, NO, BAD_INPUT, INTERRUPTED = 0, 1, 2, 3


def say(text: str) -> None:
    """Write an answer to standard output."""
    sys.stdout.write(text + "\n")


def say_json(answer: dict[str, Any], asked: Any = None) -> None:
    """Write an answer to standard output as one JSON object; ``made`` in it says how it was made.

    Parameters
    ----------
    answer
        The object.
    asked
        The dataclass of what was asked for; see `benchmarks.made.made`.
    """
    from benchmarks.made import made

    say(json.dumps({**answer, "made": made(asked)}, ensure_ascii=False))


def tell(text: str) -> None:
    """Write a remark or a problem to standard error."""
    sys.stderr.write(text + "\n")


def version_told(asked: bool) -> None:
    """Say the version and end, where that is asked for."""
    if asked:
        from routing.solve import version

        say(f"kurir {version()}")
        raise typer.Exit(DONE)


@contextmanager
def ended_well() -> Iterator[None]:
    """Turn bad input into one line per problem and exit code 2, and an interrupt into exit code 3."""
    from routing.errors import Interrupted, InvalidInput, UnknownId

    try:
        yield
    except InvalidInput as error:
        for problem in error.problems:
            tell(" ".join(str(problem).split()))
        raise typer.Exit(BAD_INPUT) from None
    except UnknownId as error:
        tell(str(error))
        raise typer.Exit(BAD_INPUT) from None
    except OSError as error:
        if error.filename is None:
            raise
        tell(f"{error.filename}: cannot be used ({error.strerror}): expected a path that can be read and written")
        raise typer.Exit(BAD_INPUT) from None
    except (KeyboardInterrupt, Interrupted):
        tell("interrupted before there was an answer: nothing is written")
        raise typer.Exit(INTERRUPTED) from None


@contextmanager
def first_interrupt_noted() -> Iterator[threading.Event]:
    """Give an event that the first Ctrl-C (or a polite end of the process) sets; the second one aborts."""
    stop = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def interrupt_kept() -> Iterator[None]:
    """Raise `KeyboardInterrupt` also where it gets lost: the compiler's callbacks swallow it, and fail afterwards."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        came.set()
        raise KeyboardInterrupt

    before, report = signal.signal(signal.SIGINT, note), sys.unraisablehook
    sys.unraisablehook = lambda lost: None if came.is_set() else report(lost)
    try:
        yield
    except Exception:
        if not came.is_set():
            raise
    finally:
        signal.signal(signal.SIGINT, before)
        sys.unraisablehook = report
    if came.is_set():
        raise KeyboardInterrupt


class Stages:
    """The stages of long work, shown as a bar each on a terminal and not at all in a pipe."""

    def __init__(self, bars: Progress | None) -> None:
        self._bars = bars
        self._current: TaskID | None = None
        self._whole: TaskID | None = None

    def whole(self, name: str, *, done: int, total: int, seconds_left: float) -> None:
        """Show how far the whole work is: so many parts done of all, and the time that the others will take."""
        if self._bars is None:
            return
        note = f"{done}/{total}, about {_duration(seconds_left)} left"
        if self._whole is None:
            self._whole = self._bars.add_task(name, total=total, completed=done, note=note)
        self._bars.update(self._whole, completed=done, note=note)

    def begin(self, name: str, *, total: float | None = None) -> None:
        """Show that the next stage has begun; `total` is its length in seconds, where known."""
        self.end()
        if self._bars is not None:
            self._current = self._bars.add_task(name, total=total, note="")

    def end(self) -> None:
        """Show that the current stage is over."""
        if self._bars is not None and self._current is not None:
            self._bars.remove_task(self._current)
            self._current = None

    def search(self, progress: SearchProgress) -> None:
        """Show how far the search is."""
        if self._bars is None or self._current is None:
            return
        asked = progress.served + progress.unserved
        note = f"{progress.served}/{asked} served, cost {progress.cost:,}"
        if progress.budget_seconds is not None:
            note = f"{_duration(max(0.0, progress.budget_seconds - progress.seconds))} left, {note}"
        self._bars.update(self._current, completed=progress.seconds, total=progress.budget_seconds, note=note)


def _duration(seconds: float) -> str:
    """Return a duration as people say it.

    Examples
    --------
    >>> _duration(45), _duration(600), _duration(9000)
    ('45 s', '10 min', '2 h 30 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"


@contextmanager
def stages_shown() -> Iterator[Stages]:
    """Give the stages of the work to come."""
    if not sys.stderr.isatty():
        yield Stages(None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Column

    # Where the terminal is narrow the bar and the note give way, not the time.
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TimeElapsedColumn(table_column=Column(no_wrap=True, min_width=7)),
        TextColumn("{task.fields[note]}", table_column=Column(no_wrap=True)),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield Stages(bars)
