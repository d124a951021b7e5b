"""``kurir explain``: why requests are unserved and what would help; what one costs; how two plans differ."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.day_and_plan import read_day_and_plans
from benchmarks.terminal import DONE, say, say_json
from routing.difference import Difference, difference
from routing.explain import Explanation, explain


def run_explain(
    day_file: Path,
    plan_file: Path,
    *,
    requests: Sequence[str],
    other: Path | None,
    remedies: int,
    as_json: bool,
) -> int:
    """Print what was found and return the exit code.

    Raises
    ------
    InvalidInput, UnknownId
        Naming every fault of the files, or the id that the day does not have.
    """
    files = (plan_file,) if other is None else (plan_file, other)
    day, plans = read_day_and_plans(day_file, *files)
    found = explain(day, plans[0], requests=requests or None, remedies=remedies)
    changed = difference(plans[0], plans[1]) if other is not None else None
    if as_json:
        answer = json.loads(found.to_json())
        if changed is not None:
            answer["difference"] = json.loads(changed.to_json())
        say_json(answer)
        return DONE
    lines = [*_explained(found), *(_changed(changed) if changed is not None else ())]
    say("\n".join(lines) if lines else "every request is served")
    return DONE


def _explained(found: Explanation) -> list[str]:
    lines = []
    for why in found.unserved:
        lines.append(f"{why.code:<20} {why.message}")
        lines += [f"{'':<20} {remedy.message}, for {remedy.extra:,} more" for remedy in why.remedies]
        if not why.remedies:
            lines.append(f"{'':<20} no remedy was found, or none was asked for")
    return lines + [each.message for each in found.served]


def _changed(changed: Difference) -> list[str]:
    if not changed:
        return ["the two plans are the same"]
    lines = [
        f"moved      {each.request}: {each.before or 'nobody'} -> {each.after or 'nobody'}" for each in changed.moved
    ]
    lines += [f"reordered  {', '.join(names)} on the run of {driver}" for driver, names in changed.reordered.items()]
    if changed.retimed:
        most = max(changed.retimed, key=lambda name: abs(changed.retimed[name]))
        lines.append(f"retimed    {len(changed.retimed)} requests, {most} most: by {changed.retimed[most]:+} s")
    cost = changed.cost
    lines.append(
        f"cost       {cost.total:+,} = {cost.runs:+,} runs {cost.distance:+,} distance {cost.time:+,} time "
        f"{cost.unserved:+,} unserved"
    )
    return lines
