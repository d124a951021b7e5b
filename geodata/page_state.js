// The one state that map, timelines and lists follow, and words for what they show.

// Every part of the page redraws itself from this state; `change` is the only way to alter it.
const state = {
  time: null, // seconds after midnight; null is the whole day
  shown: new Set(runs.map((run) => run.index)),
  fits: true, // whether the map moves to the one driver that is shown
  cluster: null, // index of a cluster
  layers: {}, // which layers of the map are on, by name; the page's boxes say
};
const followers = [];
const onChange = (follow) => followers.push(follow);
const isShown = (run) => state.shown.has(run.index);
const isFiltered = () => state.shown.size < runs.length;
const isOnly = (index) => state.shown.size === 1 && state.shown.has(index) && runs.length > 1;

function change(differences) {
  Object.assign(state, differences);
  for (const follow of followers) follow(differences);
}
function showAll(fits = true) {
  change({ shown: new Set(runs.map((run) => run.index)), fits });
}
// One driver alone; asked for again, everybody.
function showOnly(index, fits = true) {
  if (isOnly(index)) showAll(fits);
  else change({ shown: new Set([index]), fits });
}

const twoDigits = (number) => String(number).padStart(2, "0");
const hours = (seconds) => twoDigits(Math.floor(seconds / 3600)) + ":" + twoDigits(Math.floor(seconds / 60) % 60);
const count = (number, thing) => number + " " + thing + (number === 1 ? "" : "s");
const addressesOf = (visit) => [...new Set(visit.served.map((each) => each.address).filter(Boolean))].join(" / ");
const doorOf = (visit) => addressesOf(visit) || places[visit.place].id;
const listed = (some) => some.map((each) => each.id + " (" + each.documents + ")").join(", ");

// Text from the day goes into the page only through this function: as text, never as markup.
function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "rect", "line", "path", "text", "title", "defs", "pattern", "circle"].includes(tag);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(name, value);
  node.append(...children.map((child) => (child instanceof Node ? child : String(child))));
  return node;
}
