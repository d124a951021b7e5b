"""What a comparison says of its runs: times to near the best, classes, quality over time, the written report."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest

from benchmarks.compare_report import write_report
from benchmarks.made import made, made_in_words
from benchmarks.peers.answer import thinned
from benchmarks.records import Record, append, mended, records_in
from benchmarks.report import (
    group_rows,
    markdown_table,
    near_best,
    quality,
    references,
    shown,
    simplifications,
    summary_rows,
)
from routing.errors import InvalidInput

PLAIN = Record("a", "VRPTW", "kurir", "1", 2, 1, 10.0, None, 10.0, 100.0, 3, 0, "", None, group="R1")
HOW = {"version": "1.2", "command": "kurir bench compare x", "settings": {"seed": 4}, "date": "today", "machine": "m"}


def record(engine="kurir", case="a", curve=(), **changes):
    curve = tuple(curve)
    cost = curve[-1][1] if curve else changes.pop("cost", 100.0)
    return replace(PLAIN, engine=engine, case=case, curve=curve, cost=cost, **changes)


def test_the_time_to_near_the_best_is_when_such_an_answer_first_stood():
    runs = [
        record(curve=[(1, 120.0), (3, 104.0), (8, 100.0)]),
        record("pyvrp", curve=[(2, 130.0), (6, 105.0), (9, 103.0)]),
    ]
    rows = {row["engine"]: row for row in summary_rows(runs)}
    # The final best is 100: within 5 % is at most 105, within 1 % at most 101.
    assert (rows["kurir"]["seconds_to_5"], rows["kurir"]["seconds_to_1"]) == (3, 8)
    assert (rows["pyvrp"]["seconds_to_5"], rows["pyvrp"]["seconds_to_1"]) == (6, None)
    assert (rows["pyvrp"]["reached_5"], rows["pyvrp"]["reached_1"]) == (1, 0)


def test_the_time_to_near_the_best_is_the_median_of_the_runs():
    runs = [record(seed=seed, curve=[(at, 100.0)]) for seed, at in enumerate((1, 2, 9), start=1)]
    assert summary_rows(runs)[0]["seconds_to_1"] == 2


def test_an_engine_that_tells_nothing_on_the_way_was_there_at_its_end():
    row = summary_rows([record("vroom", seconds=4.0)])[0]
    assert (row["seconds_to_1"], row["reached_1"]) == (4.0, 1)


def test_copies_of_a_peer_are_also_told_each_by_itself():
    runs = [
        record(cost=100.0),
        record("pyvrp*2", cost=110.0, copies=(130.0, 110.0)),
        record("pyvrp*2", seed=2, cost=120.0, copies=(120.0, None)),
    ]
    rows = {row["engine"]: row for row in summary_rows(runs)}
    # The better of two counts, 10 and 20 % above; the three answers by themselves are 30, 10 and 20 % above.
    assert rows["pyvrp*2"]["mean_gap"] == pytest.approx(15)
    assert rows["pyvrp*2"]["copy_gap"] == pytest.approx(20)
    assert rows["kurir"]["copy_gap"] is None


def test_who_failed_with_one_seed_is_not_best_on_the_case():
    failed = [record("pyvrp", seed=seed, cost=None, failure="crashed") for seed in (2, 3)]
    runs = [*(record(seed=seed, cost=101.0) for seed in (1, 2, 3)), record("pyvrp", cost=100.0), *failed]
    rows = {row["engine"]: row for row in summary_rows(runs)}
    assert (rows["kurir"]["share_best"], rows["pyvrp"]["share_best"]) == (1, 0)


def test_gaps_are_to_the_best_known_wherever_it_is_on_record():
    runs = [record(cost=120.0, best_known=100.0), record("pyvrp", cost=80.0)]
    assert references(runs) == {"a": 100.0}
    assert references(runs[::-1]) == {"a": 100.0}


def test_only_answers_of_these_runs_are_drawn(tmp_path):
    (tmp_path / "routes").mkdir()
    told = {"content": "", "engine": "kurir", "seed": 1, "cost": 100.0, "points": [[[106.7, -6.3], [106.8, -6.2]]]}
    for case in ("a", "other"):
        (tmp_path / "routes" / f"{case}.kurir.json").write_text(json.dumps({"case": case, **told}))
    (tmp_path / "routes" / "cut.kurir.json").write_text('{"case": "cut by a ki')
    page = write_report([record()], tmp_path, how=HOW).read_text()
    assert "a: 1 runs, cost 100" in page
    assert "other: " not in page


def test_a_failed_run_never_came_near():
    runs = [record(curve=[(2, 100.0)]), record(seed=2, cost=None, failure="crashed")]
    row = summary_rows(runs)[0]
    assert (row["failed"], row["reached_5"], row["seconds_to_5"]) == (1, 0.5, 2)


def test_classes_are_summed_up_apart():
    runs = [
        record(case="a", cost=110.0, best_known=100.0),
        record(case="b", cost=130.0, best_known=100.0),
        record(case="c", cost=101.0, best_known=100.0, group="C1"),
    ]
    rows = {row["class"]: row for row in group_rows(runs)}
    assert (rows["R1"]["cases"], rows["R1"]["mean_gap"], rows["R1"]["worst_gap"]) == (2, 20, 30)
    assert rows["C1"]["mean_gap"] == pytest.approx(1)


def test_quality_over_time_is_the_mean_of_what_stood_once_all_runs_have_something():
    runs = [
        record(case="a", curve=[(1, 120.0), (4, 100.0)], best_known=100.0),
        record(case="b", curve=[(2, 140.0)], best_known=100.0),
    ]
    assert quality(runs, [1, 2, 4]) == {"kurir": [None, pytest.approx(30), pytest.approx(20)]}


def test_the_share_of_runs_near_the_best_counts_failed_ones_too():
    runs = [
        record(case="a", curve=[(1, 120.0), (4, 100.0)]),
        record(case="b", cost=None, failure="crashed"),
        record("vroom", case="a", cost=100.5, seconds=2.0),
        record("vroom", case="b", cost=90.0, seconds=3.0),
    ]
    assert near_best(runs, [1, 2, 3, 4], 1) == {"kurir": [0, 0, 0, 0.5], "vroom": [0, 0.5, 1, 1]}


def test_who_solved_what_instead_is_told_once_for_all_cases_alike():
    runs = [record("vroom", case=case, given_up=("no breaks",)) for case in "abc"]
    rows = simplifications([*runs, record()])
    assert rows == [{"engine": "vroom", "cases": "a, b, c", "solved with": "no breaks"}]


def test_gaps_are_told_as_exactly_as_they_matter():
    assert [shown("mean_gap", gap) for gap in (0.0, 1.2345, 50033.4)] == ["0.000", "1.234", "50,033"]


def test_a_column_that_says_nothing_is_left_out_of_the_table():
    assert markdown_table([{"a": 1, "b": None}, {"a": 2, "b": ""}]) == ["| a |", "|---|", "| 1 |", "| 2 |"]
    assert markdown_table([]) == []


def test_records_are_read_as_they_were_written_and_a_cut_line_is_taken_off(tmp_path):
    file = tmp_path / "results.jsonl"
    first, second = record(curve=[(1.5, 120.0), (2.0, 99.0)], given_up=("no breaks",)), record(seed=2)
    append(file, first)
    with file.open("a") as lines:
        lines.write('{"case": "cut')
    assert mended(file) == [first]
    append(file, second)
    assert records_in(file) == [first, second]


def test_a_line_that_is_no_record_is_named(tmp_path):
    file = tmp_path / "results.jsonl"
    append(file, PLAIN)
    file.write_text('{"what": 1}\n' + file.read_text())
    with pytest.raises(InvalidInput, match="line 1"):
        records_in(file)


def test_the_report_is_one_page_that_fetches_nothing_and_tables_beside_it(tmp_path):
    runs = [
        record(curve=[(1, 120.0), (3, 100.0)]),
        record("pyvrp", curve=[(2, 130.0), (6, 101.0)], given_up=("no <breaks>",)),
        record("vroom", cost=None, failure="crashed with exit code -11: segfault"),
    ]
    (tmp_path / "routes").mkdir()
    points = [[[0.0, 0.0], [0.1, 0.0], [0.0, 0.0]]]
    drawn = {"case": "a", "content": "", "engine": "kurir", "seed": 1, "cost": 100, "points": points}
    (tmp_path / "routes" / "a.kurir.json").write_text(json.dumps(drawn))
    page = write_report(runs, tmp_path, how=HOW, suites=["random R1: stated"], left=2).read_text()
    assert page.count("<svg") == 2
    assert "src=" not in page
    assert "<link" not in page
    assert "no &lt;breaks&gt;" in page
    assert "2 runs are still to be done" in page
    assert "Made by kurir 1.2; `kurir bench compare x`; seed 4; today, m" in page
    with (tmp_path / "summary.csv").open() as lines:
        assert [row["engine"] for row in csv.DictReader(lines)] == ["kurir", "pyvrp", "vroom"]
    text = (tmp_path / "summary.md").read_text()
    assert "| a | vroom | 1 | crashed with exit code -11: segfault |" in text
    assert "- random R1: stated" in text
    message = (tmp_path / "message.txt").read_text().splitlines()
    assert message[1:4] == [
        "kurir: mean gap 0.00 %, worst 0.00 %, best on 100%",
        "pyvrp: mean gap 1.00 %, worst 1.00 %, best on 0%",
        "vroom: no valid answer, best on 0%, 1 failed",
    ]
    assert (tmp_path / "quality.png").read_bytes().startswith(b"\x89PNG")


def test_a_report_of_no_runs_says_so(tmp_path):
    write_report([], tmp_path, how=HOW, left=4)
    assert "no run has ended yet" in (tmp_path / "summary.md").read_text()


def test_how_it_was_made_has_version_settings_and_machine():
    how = made(record(seed=9))
    assert how["settings"]["seed"] == 9
    assert {"version", "date", "machine"} <= set(how)
    assert "seed 9" in made_in_words(how)


def test_of_many_samples_few_are_kept_the_first_and_the_last_among_them():
    kept = [(0.01 * number, number) for number in range(1, 2001)]
    few = thinned(kept, most=10)
    assert len(few) == 10
    assert (few[0], few[-1]) == (kept[0], kept[-1])
    assert thinned([]) == []
