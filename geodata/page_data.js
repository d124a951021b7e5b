"use strict";
// What geodata/page_data.py packed, unpacked.

const given = JSON.parse(document.getElementById("data").textContent);
const TYPES = ["start", "stop", "hub", "break", "end"];

// Map units: 1e-5 degrees eastward from the corner, Mercator-stretched northward (so y grows to the south).
const UNITS = 1e5;
const stretched = (lat) => (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * 180) / Math.PI;
const SOUTH = stretched(given.corner[1] / UNITS);
const mapPoint = (x, y) => [x, (SOUTH - stretched((given.corner[1] + y) / UNITS)) * UNITS];

function mapLine(steps) {
  const points = [];
  let x = 0, y = 0;
  for (let i = 0; i < steps.length; i += 2) points.push(mapPoint((x += steps[i]), (y += steps[i + 1])));
  return points;
}

const places = given.places.map(([x, y, id]) => ({ at: mapPoint(x, y), id }));
const requests = given.requests.map(([id, isReturn, documents, address]) => ({ id, isReturn: !!isReturn, documents, address }));

const now = given.now; // of a day under way, else null; the `past` first visits of a run have happened or are under way

const documentsOf = (list) => list.reduce((sum, each) => sum + each.documents, 0);

const runs = given.runs.map((run, index) => {
  let stopNumber = 0;
  const visits = run.visits.map(([type, place, arrive, begin, end, load, trip, lane, served, loaded, unloaded, window]) => ({
    type: TYPES[type], place, at: places[place].at, arrive, begin, end, load, trip, lane, window,
    served: served.map((each) => requests[each]),
    loaded: loaded.map((each) => requests[each]),
    unloaded: unloaded.map((each) => requests[each]),
    number: TYPES[type] === "stop" ? ++stopNumber : 0,
    run: index,
  }));
  const legs = run.legs.map((steps, leg) => ({
    points: mapLine(steps), leaves: leg === run.past - 1 ? Math.max(visits[leg].end, now) : visits[leg].end, arrives: visits[leg + 1].arrive,
  }));
  noteOnBoard(visits);
  return { index, driver: run.driver, colour: run.colour, shift: run.shift, past: run.past, visits, legs };
});

// After each visit: the returns still to deliver and the pickups still to hand in.
function noteOnBoard(visits) {
  let deliver = [], handIn = [];
  for (const visit of visits) {
    deliver = [...deliver.filter((each) => !visit.served.includes(each)), ...visit.loaded];
    handIn = [...handIn.filter((each) => !visit.unloaded.includes(each)), ...visit.served.filter((each) => !each.isReturn)];
    visit.onBoard = { deliver, handIn };
  }
}

const clusters = given.clusters.map(([name, members, around], index) => ({ index, name, around, requests: new Set(members.map((each) => requests[each])) }));
const unserved = given.unserved.map(([request, place]) => ({ request: requests[request], at: places[place].at, place }));
const hub = places[given.hub];

const visitsOfAll = runs.flatMap((run) => run.visits);
const moments = [...visitsOfAll.flatMap((visit) => [visit.arrive, visit.end]), ...given.hubWindows.flat()];
// Not Math.min(...values): a large plan has more values than a call takes arguments.
const least = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
const most = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
const span = {
  from: Math.floor(Math.min(least(moments), 86400) / 1800) * 1800,
  to: Math.ceil(Math.max(most(moments), 0) / 1800) * 1800,
};
if (span.from >= span.to) [span.from, span.to] = [0, 86400];
