// Hands on the map: drag, pinch, wheel, keys, and what is said about whatever is pointed at.

const tip = document.getElementById("tip");
function move(moving) {
  tip.hidden = true;
  moving();
  redraw();
}

const fingers = new Map();
let dragged = 0;
const spread = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a.x - b.x, a.y - b.y); };
const middle = () => { const [a, b] = [...fingers.values()]; return [(a.x + b.x) / 2, (a.y + b.y) / 2]; };
const local = (event) => { const box = canvas.getBoundingClientRect(); return { x: event.clientX - box.left, y: event.clientY - box.top }; };

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  fingers.set(event.pointerId, local(event));
  dragged = 0;
  canvas.classList.add("moving");
});
canvas.addEventListener("pointermove", (event) => {
  const before = fingers.get(event.pointerId), to = local(event);
  if (!before) return void (event.pointerType === "mouse" && showTip(to));
  dragged += Math.hypot(to.x - before.x, to.y - before.y);
  if (fingers.size === 2) {
    const [apart, [x, y]] = [spread(), middle()];
    fingers.set(event.pointerId, to);
    const [toX, toY] = middle();
    move(() => { panBy(toX - x, toY - y); if (apart > 0) zoomBy(spread() / apart, toX, toY); });
  } else {
    fingers.set(event.pointerId, to);
    if (dragged > 4) move(() => panBy(to.x - before.x, to.y - before.y));
  }
});
function lift(event) {
  const wasTap = fingers.delete(event.pointerId) && dragged <= 4 && event.type === "pointerup";
  if (!fingers.size) canvas.classList.remove("moving");
  if (!wasTap) return;
  const found = nearest(local(event));
  if (found && found.run && !isOnly(found.run.index)) showOnly(found.run.index, false);
  showTip(local(event));
}
canvas.addEventListener("pointerup", lift);
canvas.addEventListener("pointercancel", lift);
canvas.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") tip.hidden = true; });
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  const { x, y } = local(event);
  move(() => zoomBy(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), x, y));
}, { passive: false });
canvas.addEventListener("dblclick", (event) => move(() => zoomBy(1.8, local(event).x, local(event).y)));

const KEYS = {
  ArrowLeft: () => panBy(60, 0), ArrowRight: () => panBy(-60, 0), ArrowUp: () => panBy(0, 60), ArrowDown: () => panBy(0, -60),
  "+": () => zoomBy(1.4), "=": () => zoomBy(1.4), "-": () => zoomBy(1 / 1.4), 0: fitEverything,
};
canvas.addEventListener("keydown", (event) => {
  if (!Object.hasOwn(KEYS, event.key) || event.ctrlKey || event.metaKey) return;
  move(KEYS[event.key]);
  event.preventDefault();
});
document.getElementById("zoom-in").addEventListener("click", () => move(() => zoomBy(1.5)));
document.getElementById("zoom-out").addEventListener("click", () => move(() => zoomBy(1 / 1.5)));
document.getElementById("zoom-all").addEventListener("click", () => move(fitEverything));

// --- what is pointed at -------------------------------------------------------------------------------------

function nearest({ x, y }) {
  let best = null, nearby = 14;
  const look = (what, [atX, atY]) => {
    const apart = Math.hypot(atX - x, atY - y);
    if (apart < nearby) [best, nearby] = [what, apart];
  };
  for (const { run, here, x: atX, y: atY } of driversOnMap()) look({ run, here }, [atX, atY]);
  if (state.layers.stops && !(best && nearby < 9))
    for (const run of runs) if (isShown(run)) for (const visit of run.visits) if (visit.type === "stop") look({ run, visit }, toScreen(visit.at));
  for (const each of unserved) look({ unserved: each }, toScreen(each.at));
  return best;
}
function showTip(at) {
  const found = nearest(at);
  tip.hidden = !found;
  if (!found) return;
  const lines = found.here ? linesOfDriver(found) : found.visit ? linesOfVisit(found) : linesOfUnserved(found.unserved);
  tip.replaceChildren(make("b", {}, lines[0]), ...lines.slice(1).map((line) => make("div", {}, line)));
  tip.style.borderLeftColor = found.run ? found.run.colour : "#c62f1d";
  tip.style.left = Math.max(4, Math.min(at.x + 14, view.width - tip.offsetWidth - 6)) + "px";
  tip.style.top = (at.y + tip.offsetHeight + 20 > view.height ? Math.max(4, at.y - tip.offsetHeight - 12) : at.y + 14) + "px";
}
const listOf = (what, some) => (some.length ? [what + " " + listed(some)] : []);
const linesOfUnserved = ({ request, place }) => ["Not served: " + request.id, request.address || places[place].id];
function linesOfVisit({ run, visit }) {
  return [
    run.driver + " · stop " + visit.number + (visit.trip ? " · trip " + visit.trip : ""),
    doorOf(visit),
    hours(visit.begin) + "–" + hours(visit.end) + (visit.window ? ", promised " + hours(visit.window[0]) + "–" + hours(visit.window[1]) : ""),
    ...listOf("Deliver", visit.served.filter((each) => each.isReturn)),
    ...listOf("Collect", visit.served.filter((each) => !each.isReturn)),
  ];
}
function linesOfDriver({ run, here }) {
  return [
    run.driver + " · " + DOINGS[here.doing].name,
    wordsFor(here),
    count(here.load, "document") + " on board",
    ...listOf("To deliver:", here.onBoard.deliver),
    ...listOf("To hand in:", here.onBoard.handIn),
  ];
}
onChange(() => { tip.hidden = true; });
