// What a driver does at a moment: the numbers behind the slider, on the map, in the list and in its words.

// In the order in which they are told. `sign` is drawn in a circle, or in a square at the hub; signs and outlines
// differ, not only colours.
const DOINGS = {
  road: { name: "on the road", sign: "M6 0-3.6 4.4-1.8 0-3.6-4.4Z" },
  door: { name: "at the door", sign: "M0-4.8 4.6-.8H3.4V4.2H-3.4V-.8H-4.6Z" },
  wait: { name: "waiting", sign: "M-3.4-4.6H3.4L.6 0 3.4 4.6H-3.4L-.6 0Z", hollow: true },
  queue: { name: "queueing at the hub", sign: "M-3.4-4.6H3.4L.6 0 3.4 4.6H-3.4L-.6 0Z", hollow: true, square: true },
  lane: { name: "in a lane", sign: "M-3.4-4.6H1.2L3.4-2.4V4.6H-3.4Z", square: true },
  rest: { name: "on a break", sign: "M-3.8-4.2H-1V4.2H-3.8ZM1-4.2H3.8V4.2H1Z" },
  before: { name: "not out yet", sign: "", hollow: true },
  after: { name: "finished", sign: "M-4.4 0-1.4 3.4 4.4-3.4", line: true },
};
const IN_SERVICE = { start: "before", stop: "door", hub: "lane", break: "rest", end: "after" };

// What `run` is doing at `time`: `doing` names it, `until` says how long, `at` is where in map units, `visit` the
// visit it is at or bound for, `index` that visit's place in the run. On board is what the visits that have ended left.
function momentOf(run, time) {
  const { visits, legs } = run;
  let index = -1;
  while (index + 1 < visits.length && visits[index + 1].arrive <= time) index++;
  const visit = visits[Math.max(index, 0)], next = visits[index + 1], leg = legs[index];
  const here = { index: Math.max(index, 0), visit, at: visit.at, until: visit.end, ...aboard(time < visit.end ? visits[index - 1] : visit) };
  if (index < 0) return { ...here, doing: "before" };
  if (time < visit.begin) return { ...here, doing: visit.type === "hub" ? "queue" : "wait", until: visit.begin };
  if (time < visit.end) return { ...here, doing: IN_SERVICE[visit.type] };
  if (!next) return { ...here, doing: "after" };
  if (time < leg.leaves) return { ...here, doing: "wait", until: leg.leaves, visit: next, index: index + 1 };
  const { point, angle } = drivenAt(leg, time) || { point: visit.at, angle: 0 };
  return { ...here, doing: "road", at: point, angle, until: next.arrive, visit: next, index: index + 1 };
}
const aboard = (visit) => (visit ? { onBoard: visit.onBoard, load: visit.load } : { onBoard: { deliver: [], handIn: [] }, load: 0 });

function placeOf(visit) {
  if (visit.type === "stop") return "stop " + visit.number + ", " + doorOf(visit);
  return visit.type === "hub" ? "the drive-thru" : visit.type === "break" ? "the break" : places[visit.place].id;
}
// The moment comes first: a narrow list cuts off the end.
function wordsFor({ doing, visit, until }) {
  const time = hours(until);
  if (doing === "road") return "→ " + time + " " + placeOf(visit);
  if (doing === "door") return "until " + time + " at " + placeOf(visit);
  if (doing === "wait") return "waits until " + time + " for " + placeOf(visit);
  if (doing === "queue") return "queues until " + time + " at the drive-thru";
  if (doing === "lane") return "until " + time + " in " + (visit.lane === null ? "a lane" : "lane " + (visit.lane + 1)) + " of the drive-thru";
  if (doing === "rest") return "break until " + time;
  return doing === "before" ? "leaves at " + time + " from " + places[visit.place].id : "finished at " + time;
}
function countsAt(time) {
  const counts = Object.fromEntries(Object.keys(DOINGS).map((doing) => [doing, 0]));
  for (const run of runs) if (isShown(run)) counts[momentOf(run, time).doing]++;
  return counts;
}
