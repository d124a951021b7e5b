"""How commands end: interrupts that get lost, or come before anything has begun."""

from __future__ import annotations

import signal

import pytest

from benchmarks import cli
from benchmarks.terminal import BAD_INPUT, INTERRUPTED, interrupt_kept


def interrupted_and_lost():
    """As in a callback from C, whose exceptions are only reported."""
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        return
    raise AssertionError("no interrupt came")


def compiled_in_vain():
    """As numba does after it has lost one."""
    interrupted_and_lost()
    raise RuntimeError("no compiled object yet")


def test_an_interrupt_that_got_lost_comes_at_the_end():
    with pytest.raises(KeyboardInterrupt), interrupt_kept():
        interrupted_and_lost()


def test_what_fails_because_an_interrupt_got_lost_is_an_interrupt():
    with pytest.raises(KeyboardInterrupt), interrupt_kept():
        compiled_in_vain()


def test_what_fails_by_itself_is_told_and_interrupts_are_handled_as_before():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(RuntimeError, match="by itself"), interrupt_kept():
        raise RuntimeError("by itself")
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(("code", "told"), [(cli.ABORTED, INTERRUPTED), (BAD_INPUT, BAD_INPUT)])
def test_an_interrupt_before_a_command_has_begun_has_the_same_exit_code(monkeypatch, code, told):
    def ended():
        raise SystemExit(code)

    monkeypatch.setattr(cli, "app", ended)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == told
