// Where along a leg, what surrounds a cluster: geometry without drawing.

function lengthsOf(leg) {
  if (!leg.lengths) {
    let sum = 0;
    leg.lengths = leg.points.map(([x, y], i) => (i ? (sum += Math.hypot(x - leg.points[i - 1][0], y - leg.points[i - 1][1])) : 0));
  }
  return leg.lengths;
}

// The point at a share of a leg's length, the way it runs there, and the point of the line that comes next.
function pointAlong(leg, share) {
  const lengths = lengthsOf(leg), whole = lengths.at(-1);
  if (!whole) return null;
  const wanted = whole * Math.min(Math.max(share, 0), 1);
  const found = lengths.findIndex((length) => length > wanted);
  const next = found < 0 ? lengths.findIndex((length) => length === whole) : found;
  const [[x0, y0], [x1, y1]] = [leg.points[next - 1], leg.points[next]];
  const part = (wanted - lengths[next - 1]) / (lengths[next] - lengths[next - 1]);
  return { point: [x0 + part * (x1 - x0), y0 + part * (y1 - y0)], angle: Math.atan2(y1 - y0, x1 - x0), next, length: whole };
}

// Driven evenly along the leg: the clock says when it ends, not where traffic was slow.
const drivenAt = (leg, time) => pointAlong(leg, (time - leg.leaves) / Math.max(leg.arrives - leg.leaves, 1));

// A leg in two: driven by `time`, and still ahead.
function splitAt(leg, time) {
  const here = drivenAt(leg, time);
  if (!here) return [[], []];
  return [[...leg.points.slice(0, here.next), here.point], [here.point, ...leg.points.slice(here.next)]];
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
