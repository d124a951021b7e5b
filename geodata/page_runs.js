// The runs along their streets: all day, up to a moment, and on a day under way what has been driven already.

const runPaths = runs.map((run) => ({ whole: pathOf(run.legs.map((leg) => leg.points)), legs: run.legs.map((leg) => pathOf([leg.points])), ...byNow(run) }));

// What has been driven by now, and what lies ahead; on a day not yet begun everything does.
function byNow(run) {
  if (now === null) return {};
  const parts = run.legs.map((leg) => (leg.leaves >= now ? [[], leg.points] : leg.arrives <= now ? [leg.points, []] : splitAt(leg, now)));
  return { driven: pathOf(parts.map(([past]) => past)), ahead: pathOf(parts.map(([, ahead]) => ahead)) };
}

function drawRuns(paper) {
  const close = between(0.8, view.scale / 0.07, 2), some = isFiltered();
  for (const run of runs.filter(isShown)) {
    if (some) strokePath(paper, runPaths[run.index].whole, "#fff", 5 * close, 0.9);
    if (state.time === null) drawWhole(paper, run, (some ? 2.8 : 1.5) * close, some ? 0.95 : 0.8);
    else drawUpTo(paper, run, state.time, close, some);
    if (some && state.time === null) run.legs.forEach((leg) => drawArrow(paper, leg, run.colour));
  }
}
function drawWhole(paper, run, pixels, alpha) {
  const { whole, driven, ahead } = runPaths[run.index];
  if (!driven) return strokePath(paper, whole, run.colour, pixels, alpha);
  drawDashed(paper, driven, run.colour, pixels * 0.8);
  strokePath(paper, ahead, run.colour, pixels, alpha);
}
function drawUpTo(paper, run, time, close, some) {
  const { whole, legs } = runPaths[run.index];
  strokePath(paper, whole, run.colour, close, some ? 0.35 : 0.13);
  run.legs.forEach((leg, i) => {
    if (leg.leaves > time) return;
    const done = leg.arrives <= time, path = done ? legs[i] : pathOf([splitAt(leg, time)[0]]);
    const age = (time - leg.arrives) / 3600; // what is long past fades, so that the present stands out
    const pixels = (some ? 2.8 : 1.6) * close;
    if (now !== null && leg.arrives <= now) drawDashed(paper, path, run.colour, pixels * 0.8);
    else strokePath(paper, path, run.colour, pixels, done ? Math.max(0.85 - 0.5 * age, 0.18) : 1);
  });
}
function drawDashed(paper, path, colour, pixels) {
  paper.save();
  paper.lineCap = "butt";
  paper.setLineDash([4 / view.scale, 4 / view.scale]);
  strokePath(paper, path, colour, pixels, 0.6);
  paper.restore();
}
function drawArrow(paper, leg, colour) {
  const half = pointAlong(leg, 0.5);
  if (!half || half.length * view.scale < 60) return;
  const size = 6 / view.scale;
  paper.save();
  paper.translate(...half.point);
  paper.rotate(half.angle);
  paper.beginPath();
  paper.moveTo(size, 0);
  paper.lineTo(-size * 0.8, size * 0.8);
  paper.lineTo(-size * 0.8, -size * 0.8);
  paper.closePath();
  paper.fillStyle = colour;
  paper.strokeStyle = "#fff";
  paper.lineWidth = 1.5 / view.scale;
  paper.stroke();
  paper.fill();
  paper.restore();
}

const visitsIn = (cluster) => visitsOfAll.filter((visit) => visit.served.some((each) => cluster.requests.has(each)));
function drawClusters(paper) {
  for (const cluster of clusters) {
    const alone = state.cluster === cluster.index;
    if (!alone && (!state.layers.clusters || state.cluster !== null)) continue;
    const around = hullOf(visitsIn(cluster).map((visit) => toScreen(visit.at)));
    if (!around.length) continue;
    paper.beginPath();
    around.forEach(([x, y], i) => (i ? paper.lineTo(x, y) : paper.moveTo(x, y)));
    paper.closePath();
    paper.lineJoin = "round";
    paper.strokeStyle = paper.fillStyle = "#0b5a6b";
    paper.globalAlpha = alone ? 0.12 : 0.05;
    paper.fill();
    paper.globalAlpha = alone ? 1 : 0.55;
    paper.lineWidth = alone ? 2 : 1;
    paper.setLineDash([6, 4]);
    paper.stroke();
    paper.setLineDash([]);
    paper.globalAlpha = 1;
    paper.font = fontOf(12, 700);
    paper.textAlign = "center";
    paper.textBaseline = "bottom";
    const top = around.reduce((best, point) => (point[1] < best[1] ? point : best));
    written(paper, alone && cluster.around ? cluster.name + " " + cluster.around : cluster.name, top[0], top[1] - 4, "#0b5a6b");
  }
}
