// The map: what is drawn in which order, and when.

const paper = canvas.getContext("2d");
let waiting = false;

function redraw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; drawMap(); });
}
function drawMap() {
  const ratio = canvas.width / view.width;
  paper.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawStill(paper);
  if (state.layers.tiles) drawTiles(paper, view, view.width, view.height, redraw);
  if (state.layers.runs) inUnits(paper, () => drawRuns(paper));
  if (state.layers.names && !state.layers.tiles) drawNames(paper);
  if (state.layers.clusters || state.cluster !== null) drawClusters(paper);
  if (state.layers.stops) drawStops(paper);
  drawUnserved(paper);
  drawHub(paper);
  drawDrivers(paper);
  canvas.dataset.drawn = state.time === null ? "day" : hours(state.time);
}

function resize() {
  const box = canvas.parentElement.getBoundingClientRect();
  if (!box.width || (box.width === view.width && box.height === view.height)) return;
  [view.width, view.height] = [box.width, box.height];
  const ratio = Math.min(window.devicePixelRatio || 1, 3);
  [canvas.width, canvas.height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
  if (framed) framed();
  drawMap();
}
new ResizeObserver(resize).observe(canvas.parentElement);
window.addEventListener("beforeprint", drawMap);
resize(); // at once, as what comes next may fit the map to something
fitEverything();

const credit = document.getElementById("credit"), streetCredit = credit.textContent;
const placesOf = (run) => [...run.visits.map((visit) => visit.at), ...run.legs.flatMap((leg) => leg.points)];
onChange((differences) => {
  if (differences.shown && state.fits && state.shown.size === 1) fit(placesOf(runs[[...state.shown][0]]), 40);
  else if (differences.shown && state.fits && !isFiltered()) fitEverything();
  if (differences.cluster !== undefined && state.cluster !== null) fit(visitsIn(clusters[state.cluster]).map((visit) => visit.at), 60);
  credit.textContent = state.layers.tiles ? "© OpenStreetMap contributors" : streetCredit;
  redraw();
});
