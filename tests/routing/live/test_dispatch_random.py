"""Whatever the day brings, in whatever order: every state is valid, and a journal brings it back."""

from __future__ import annotations

from random import Random

import pytest

from routing import Dispatcher, check
from tests.routing.live.storm import live_day, one_event


@pytest.mark.parametrize("seed", range(60))
def test_every_state_of_a_stormy_day_is_valid(seed):
    rng = Random(f"storm {seed}")
    day, later = live_day(Random(seed))
    with Dispatcher(day, freeze=rng.choice((0, 0, 100)), lateness=rng.choice((0, 600, 3600))) as live:
        for _ in range(30):
            one_event(live, later, rng)
            plan = live.plan()
            assert check(live.day(), plan) == []
            assert {driver.id for driver in live.day().drivers if driver.history} <= {run.driver for run in plan.runs}


@pytest.mark.parametrize("seed", range(100, 108))
def test_a_reopened_journal_is_the_same_state(seed, tmp_path):
    rng = Random(f"again {seed}")
    day, later = live_day(Random(seed))
    path = tmp_path / "day.journal"
    live = Dispatcher(day, journal=path, durable=False)
    for _ in range(25):
        one_event(live, later, rng)
        if rng.random() < 0.2:
            plan, digest = live.plan(), live.digest()
            live.close()
            live = Dispatcher(journal=path, durable=False)
            assert live.digest() == digest
            assert live.plan() == plan
            assert check(live.day(), plan) == []
    live.close()
