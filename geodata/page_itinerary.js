// What the one driver that is shown does all day, visit by visit.

const NARROW = [0, 1, 5, 6, 7, 8]; // columns of the itinerary that hold numbers
const LISTS = ["Where", "Hand over", "Take along"]; // and those that need room
let lines = []; // the rows of the itinerary that stands there

function describe(visit) {
  if (visit.type === "hub") return [visit.lane === null ? "Drive-thru" : "Drive-thru, lane " + (visit.lane + 1), listed(visit.unloaded), listed(visit.loaded)];
  if (visit.type === "stop") return [doorOf(visit), listed(visit.served.filter((each) => each.isReturn)), listed(visit.served.filter((each) => !each.isReturn))];
  return [{ start: "Leave from ", end: "End at ", break: "Break at " }[visit.type] + places[visit.place].id, "", ""];
}
function progressOf(run, visit, index) {
  if (index >= run.past) return "";
  return visit.end <= now ? "happened" : "under way";
}
function showItinerary() {
  const section = document.getElementById("itinerary");
  const one = state.shown.size === 1 ? runs[[...state.shown][0]] : null;
  section.hidden = !one;
  lines = [];
  if (!one) return;
  document.getElementById("itinerary-title").textContent = "Itinerary of " + one.driver;
  document.getElementById("itinerary-sum").textContent = "Hand over at the door or at the hub, and take along from there; documents in brackets."
    + (one.past ? " Grey lines happened before " + hours(now) + "." : "");
  const head = make("tr", {}, ...["", "Begin", "Where", "Hand over", "Take along", "Window", "End", "Trip", "On board"].map((name) => make("th", { class: LISTS.includes(name) ? "list" : null }, name)));
  lines = one.visits.map((visit, index) => {
    const [where, out, taken] = describe(visit), progress = progressOf(one, visit, index);
    const window = visit.window ? hours(visit.window[0]) + "–" + hours(visit.window[1]) : "";
    const cells = [visit.number || "", hours(visit.begin), where + (progress && " · " + progress), out, taken, window, hours(visit.end), visit.trip || "", visit.load];
    return make("tr", { class: visit.type + (progress === "happened" ? " past" : "") }, ...cells.map((cell, i) => make("td", { class: NARROW.includes(i) ? "t" : null }, cell)));
  });
  document.getElementById("itinerary-table").replaceChildren(make("thead", {}, head), make("tbody", {}, ...lines));
}
function markMoment() {
  if (!lines.length) return;
  const at = state.time === null ? -1 : momentOf(runs[[...state.shown][0]], state.time).index;
  if (at >= 0 && lines[at].classList.contains("current")) return;
  lines.forEach((line, index) => line.classList.toggle("current", index === at));
  const box = document.querySelector("#itinerary .wide");
  if (at >= 0) box.scrollTop = lines[at].offsetTop - box.clientHeight / 2;
}
onChange((differences) => {
  if ("shown" in differences) showItinerary();
  if ("shown" in differences || "time" in differences) markMoment();
});
