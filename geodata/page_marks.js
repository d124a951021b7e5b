// What stands on the map: stops, what is not served, the drive-thru, and the drivers at a moment.

function drawStops(paper) {
  const single = state.shown.size === 1 && view.scale > 0.04; // room for numbers
  const size = single ? 8.5 : between(state.time === null ? 2.3 : 1.6, view.scale * 42, 6.5) * (isFiltered() ? 1.25 : 1);
  for (const run of runs.filter(isShown)) for (const visit of run.visits) if (visit.type === "stop") drawStop(paper, run, visit, size, single);
}
function drawStop(paper, run, visit, size, numbered) {
  const at = toScreen(visit.at);
  if (isOutside(at)) return;
  const ahead = state.time !== null && visit.begin > state.time;
  const happened = now !== null && visit.begin <= now && !ahead;
  const inCluster = state.cluster === null || visit.served.some((each) => clusters[state.cluster].requests.has(each));
  paper.globalAlpha = !inCluster ? 0.18 : happened && !numbered ? 0.45 : 1;
  paper.fillStyle = ahead ? "#fff" : run.colour;
  paper.strokeStyle = ahead ? run.colour : "#fff";
  paper.lineWidth = ahead ? (size < 3 ? 1 : 1.5) : 1;
  outlineStop(paper, visit, at, size);
  paper.fill();
  paper.stroke();
  if (numbered) {
    paper.font = fontOf(9.5, 700);
    paper.textAlign = "center";
    paper.textBaseline = "middle";
    paper.fillStyle = ahead ? run.colour : "#fff";
    paper.fillText(visit.number, at[0], at[1] + 0.5);
  }
  paper.globalAlpha = 1;
}
function outlineStop(paper, visit, [x, y], size) {
  const collects = visit.served.some((each) => !each.isReturn), delivers = visit.served.some((each) => each.isReturn);
  paper.beginPath();
  if (collects && delivers) {
    const wide = size * 1.25;
    paper.moveTo(x, y - wide);
    paper.lineTo(x + wide, y);
    paper.lineTo(x, y + wide);
    paper.lineTo(x - wide, y);
    paper.closePath();
  } else if (delivers) paper.rect(x - size * 0.88, y - size * 0.88, size * 1.76, size * 1.76);
  else paper.arc(x, y, size, 0, 2 * Math.PI);
}

function drawUnserved(paper) {
  for (const each of unserved) {
    const [x, y] = toScreen(each.at);
    if (isOutside([x, y])) continue;
    for (const [colour, pixels] of [["#fff", 5.5], ["#c62f1d", 2.8]]) {
      paper.strokeStyle = colour;
      paper.lineWidth = pixels;
      paper.lineCap = "round";
      paper.beginPath();
      paper.moveTo(x - 4.5, y - 4.5);
      paper.lineTo(x + 4.5, y + 4.5);
      paper.moveTo(x + 4.5, y - 4.5);
      paper.lineTo(x - 4.5, y + 4.5);
      paper.stroke();
    }
  }
}
function drawHub(paper) {
  const [x, y] = toScreen(hub.at);
  paper.fillStyle = "#18222c";
  paper.strokeStyle = "#fff";
  paper.lineWidth = 2;
  paper.beginPath();
  paper.rect(x - 7, y - 7, 14, 14);
  paper.fill();
  paper.stroke();
  paper.font = fontOf(10, 700);
  paper.textAlign = "center";
  paper.textBaseline = "middle";
  paper.fillStyle = "#fff";
  paper.fillText("D", x, y + 0.5);
  paper.font = fontOf(12, 700);
  paper.textAlign = "left";
  written(paper, "Drive-thru", x + 11, y, "#18222c");
}

// --- drivers ------------------------------------------------------------------------------------------------

// Who is on the map at the moment shown: {run, here, x, y}, those at one place set out below it in a column.
function driversOnMap() {
  if (state.time === null) return [];
  const present = runs.filter(isShown).map((run) => ({ run, here: momentOf(run, state.time) }));
  const crowds = new Map();
  return present.filter(({ here }) => here.doing !== "before" && here.doing !== "after").map((each) => {
    const [x, y] = toScreen(each.here.at);
    if (each.here.doing === "road") return { ...each, x, y };
    const spot = each.here.at.join(), crowd = crowds.get(spot) || 0, isHub = spot === hub.at.join();
    crowds.set(spot, crowd + 1);
    return { ...each, x, y: y + 19 * (crowd + isHub) };
  });
}
function drawDrivers(paper) {
  const present = driversOnMap(), taken = [];
  paper.textBaseline = "middle";
  paper.textAlign = "left";
  for (const { run, here, x, y } of present) {
    drawDoing(paper, run.colour, here, x, y);
    paper.font = fontOf(11, 700);
    const name = run.driver + " ", nameWidth = paper.measureText(name).width, wide = nameWidth + 14;
    if (taken.some((each) => Math.abs(each.y - y) < 12 && x < each.x + each.wide + 12 && each.x < x + wide + 12)) continue;
    taken.push({ x, y, wide });
    written(paper, name, x + 12, y, "#18222c");
    paper.font = fontOf(11, 500);
    written(paper, String(here.load), x + 12 + nameWidth, y, "#3d4954");
  }
}
function drawDoing(paper, colour, here, x, y) {
  const { sign, hollow, square } = DOINGS[here.doing];
  paper.save();
  paper.translate(x, y);
  const body = new Path2D();
  if (square) body.rect(-8, -8, 16, 16);
  else body.arc(0, 0, 8.5, 0, 2 * Math.PI);
  paper.strokeStyle = "#fff";
  paper.lineWidth = 4;
  paper.stroke(body);
  paper.fillStyle = hollow ? "#fff" : colour;
  paper.fill(body);
  paper.strokeStyle = hollow ? colour : "#18222c";
  paper.lineWidth = hollow ? 2.5 : 1;
  paper.stroke(body);
  if (here.doing === "road") paper.rotate(here.angle);
  paper.fillStyle = hollow ? colour : "#fff";
  paper.fill(new Path2D(sign));
  paper.restore();
}
// The same mark for lists and keys.
function markOf(doing, colour) {
  const { sign, hollow, square, line } = DOINGS[doing];
  const look = { fill: hollow ? "#fff" : colour, stroke: hollow ? colour : "#18222c", "stroke-width": hollow ? 2.2 : 0.8 };
  const ink = hollow ? colour : "#fff";
  return make("svg", { viewBox: "-10 -10 20 20", width: 18, height: 18, "aria-hidden": "true", class: "doing" },
    square ? make("rect", { x: -8, y: -8, width: 16, height: 16, ...look }) : make("circle", { r: 8.3, ...look }),
    make("path", { d: sign, ...(line ? { fill: "none", stroke: ink, "stroke-width": 2.2 } : { fill: ink }) }));
}
