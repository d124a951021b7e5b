"use strict";
// What geodata/page_data.py packed, unpacked; and the one state that map, timelines and lists follow.

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
    points: mapLine(steps), leaves: visits[leg].end, arrives: visits[leg + 1].arrive,
  }));
  return { index, driver: run.driver, colour: run.colour, shift: run.shift, visits, legs };
});

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

const documentsOf = (list) => list.reduce((sum, each) => sum + each.documents, 0);
const twoDigits = (number) => String(number).padStart(2, "0");
const hours = (seconds) => twoDigits(Math.floor(seconds / 3600)) + ":" + twoDigits(Math.floor(seconds / 60) % 60);
const addressesOf = (visit) => [...new Set(visit.served.map((each) => each.address).filter(Boolean))].join(" / ");
const doorOf = (visit) => addressesOf(visit) || places[visit.place].id;

// Every part of the page redraws itself from this state; `change` is the only way to alter it.
const state = {
  time: null, // seconds after midnight; null is the whole day
  chosen: new Set(), // indices of runs; empty is all
  fits: true, // whether the map moves to what was chosen
  cluster: null, // index of a cluster
  layers: { runs: true, stops: true, streets: true, names: true, clusters: false, tiles: false },
};
const followers = [];
const isShown = (run) => !state.chosen.size || state.chosen.has(run.index);
const onChange = (follow) => followers.push(follow);

function change(differences) {
  Object.assign(state, differences);
  for (const follow of followers) follow(differences);
}

function toggleRun(index, fits = true) {
  const chosen = new Set(state.chosen);
  if (!chosen.delete(index)) chosen.add(index);
  change({ chosen, fits });
}

// Text from the day goes into the page only through this function: as text, never as markup.
function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "rect", "line", "path", "text", "title", "defs", "pattern", "circle"].includes(tag);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(name, value);
  node.append(...children.map((child) => (child instanceof Node ? child : String(child))));
  return node;
}
