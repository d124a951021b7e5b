// Where along a leg, where a driver is, what surrounds a cluster: geometry without drawing.

function lengthsOf(leg) {
  if (!leg.lengths) {
    let sum = 0;
    leg.lengths = leg.points.map(([x, y], i) => (i ? (sum += Math.hypot(x - leg.points[i - 1][0], y - leg.points[i - 1][1])) : 0));
  }
  return leg.lengths;
}
function partOf(leg, time) {
  // Driven evenly along the leg: the clock says when it ends, not where traffic was slow.
  const lengths = lengthsOf(leg), whole = lengths.at(-1) || 0;
  const driven = whole * Math.min(Math.max((time - leg.leaves) / Math.max(leg.arrives - leg.leaves, 1), 0), 1);
  const next = lengths.findIndex((length) => length > driven);
  if (next < 0) return leg.points;
  const share = (driven - lengths[next - 1]) / (lengths[next] - lengths[next - 1] || 1);
  const [[x0, y0], [x1, y1]] = [leg.points[next - 1], leg.points[next]];
  return [...leg.points.slice(0, next), [x0 + share * (x1 - x0), y0 + share * (y1 - y0)]];
}
function halfway(leg) {
  const lengths = lengthsOf(leg), whole = lengths.at(-1) || 0;
  const next = lengths.findIndex((length) => length > whole / 2);
  if (next < 1) return null;
  const [[x0, y0], [x1, y1]] = [leg.points[next - 1], leg.points[next]];
  return { point: [(x0 + x1) / 2, (y0 + y1) / 2], angle: Math.atan2(y1 - y0, x1 - x0), length: whole };
}
function positionOf(run, time) {
  if (!run.visits.length || time < run.visits[0].arrive || time > run.visits.at(-1).end) return null;
  for (const [i, visit] of run.visits.entries()) {
    if (time <= visit.end) return { at: visit.at, visit };
    const leg = run.legs[i];
    if (leg && time < leg.arrives) return { at: partOf(leg, time).at(-1) || visit.at, visit: run.visits[i + 1], riding: true };
  }
  return null;
}
function hullOf(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (some) => {
    const kept = [];
    for (const p of some) {
      while (kept.length > 1 && (kept.at(-1)[0] - kept.at(-2)[0]) * (p[1] - kept.at(-2)[1]) <= (kept.at(-1)[1] - kept.at(-2)[1]) * (p[0] - kept.at(-2)[0])) kept.pop();
      kept.push(p);
    }
    return kept;
  };
  return sorted.length < 3 ? sorted : [...half(sorted).slice(0, -1), ...half(sorted.reverse()).slice(0, -1)];
}
