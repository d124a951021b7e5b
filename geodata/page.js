// Lists, the clock and the itinerary; then what the address asks for: #driver=..&time=HH:MM&cluster=..

const slider = document.getElementById("slider"), moment = document.getElementById("moment"), play = document.getElementById("play");
slider.min = span.from;
slider.max = span.to;
slider.value = span.to;

let playing = null;
function pause() {
  cancelAnimationFrame(playing);
  playing = null;
  play.textContent = "▶";
  play.setAttribute("aria-label", "Play the day");
}
slider.addEventListener("input", () => { pause(); change({ time: Number(slider.value) }); });
document.getElementById("whole").addEventListener("click", () => { pause(); change({ time: null }); });
play.addEventListener("click", () => {
  if (playing !== null) return pause();
  play.textContent = "❚❚";
  play.setAttribute("aria-label", "Pause");
  let before = null, time = state.time === null || state.time >= span.to ? span.from : state.time;
  const step = (at) => {
    time += before === null ? 0 : Math.min(at - before, 100) * 0.6; // ten minutes of the day per second
    before = at;
    change({ time: Math.min(time, span.to) });
    if (time >= span.to) return pause();
    playing = requestAnimationFrame(step);
  };
  playing = requestAnimationFrame(step);
});

document.querySelectorAll("[data-layer]").forEach((box) => {
  state.layers[box.dataset.layer] = box.checked;
  box.addEventListener("change", () => {
    document.getElementById("tile-note").textContent = "";
    change({ layers: { ...state.layers, [box.dataset.layer]: box.checked } });
  });
});

const runList = document.getElementById("runs"), showAll = document.getElementById("all");
const runButtons = [...runList.querySelectorAll("[data-run]")];
runButtons.forEach((button) => button.addEventListener("click", () => toggleRun(Number(button.dataset.run))));
showAll.addEventListener("click", () => change({ chosen: new Set() }));

const clusterButtons = [...document.querySelectorAll("[data-cluster]")];
clusterButtons.forEach((button) => button.addEventListener("click", () => {
  const index = Number(button.dataset.cluster);
  const again = state.cluster === index;
  change({ cluster: again ? null : index });
  if (!again) document.getElementById("map").scrollIntoView({ block: "center" });
}));

const NARROW = [0, 1, 5, 6, 7, 8]; // columns of the itinerary that hold numbers
const LISTS = ["Where", "Hand over", "Take along"]; // and those that need room
function describe(visit) {
  const listed = (some) => some.map((each) => each.id + " (" + each.documents + ")").join(", ");
  if (visit.type === "hub") return [visit.lane === null ? "Drive-thru" : "Drive-thru, lane " + (visit.lane + 1), listed(visit.unloaded), listed(visit.loaded)];
  if (visit.type === "stop") return [doorOf(visit), listed(visit.served.filter((each) => each.isReturn)), listed(visit.served.filter((each) => !each.isReturn))];
  return [{ start: "Leave from ", end: "End at ", break: "Break at " }[visit.type] + places[visit.place].id, "", ""];
}
function showItinerary() {
  const section = document.getElementById("itinerary");
  const one = state.chosen.size === 1 ? runs[[...state.chosen][0]] : null;
  section.hidden = !one;
  if (!one) return;
  document.getElementById("itinerary-title").textContent = "Itinerary of " + one.driver;
  document.getElementById("itinerary-sum").textContent = "Hand over at the door or at the hub, and take along from there; documents in brackets.";
  const head = make("tr", {}, ...["", "Begin", "Where", "Hand over", "Take along", "Window", "End", "Trip", "On board"].map((name) => make("th", { class: LISTS.includes(name) ? "list" : null }, name)));
  const rows = one.visits.map((visit) => {
    const [where, out, taken] = describe(visit);
    const window = visit.window ? hours(visit.window[0]) + "–" + hours(visit.window[1]) : "";
    const cells = [visit.number || "", hours(visit.begin), where, out, taken, window, hours(visit.end), visit.trip || "", visit.load];
    return make("tr", { class: visit.type }, ...cells.map((cell, i) => make("td", { class: NARROW.includes(i) ? "t" : null }, cell)));
  });
  document.getElementById("itinerary-table").replaceChildren(make("thead", {}, head), make("tbody", {}, ...rows));
}

onChange((differences) => {
  if ("time" in differences) {
    moment.textContent = state.time === null ? "whole day" : hours(state.time);
    slider.value = state.time === null ? span.to : state.time;
  }
  if ("chosen" in differences) {
    runList.classList.toggle("some", state.chosen.size > 0);
    showAll.disabled = !state.chosen.size;
    runButtons.forEach((button) => button.setAttribute("aria-pressed", state.chosen.has(Number(button.dataset.run))));
    showItinerary();
  }
  if ("cluster" in differences) clusterButtons.forEach((button) => button.setAttribute("aria-pressed", state.cluster === Number(button.dataset.cluster)));
});

function followAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const named = asked.getAll("driver");
  if (named.length) change({ chosen: new Set(runs.filter((run) => named.includes(run.driver)).map((run) => run.index)) });
  const cluster = clusters.find((each) => each.name === asked.get("cluster"));
  if (cluster) change({ cluster: cluster.index });
  const clock = /^(\d{1,2}):(\d{2})$/.exec(asked.get("time") || "");
  if (clock) change({ time: Math.min(Math.max(clock[1] * 3600 + clock[2] * 60, span.from), span.to) });
}
window.addEventListener("hashchange", followAddress);
change({ layers: { ...state.layers } });
followAddress();
map.draw(); // not only with the next frame: a page printed at once has its map
document.documentElement.dataset.ready = "yes";
