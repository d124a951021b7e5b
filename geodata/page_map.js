// The map: a canvas that draws everything from embedded data; street tiles only when asked for.

const map = (() => {
  const canvas = document.getElementById("canvas");
  const paper = canvas.getContext("2d");
  const tip = document.getElementById("tip");
  const view = { x: 0, y: 0, scale: 1 }; // map units at the canvas' centre, pixels per unit
  let width = 0, height = 0, waiting = false, touched = false;

  // Prepared once: paths in map units, drawn under a transform.
  const pathOf = (lines) => {
    const path = new Path2D();
    for (const points of lines) points.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
    return path;
  };
  const outlinePoints = mapLine(given.outline);
  const outline = pathOf([outlinePoints]);
  const streets = given.streets.map((rank) => pathOf(rank.map(mapLine)));
  const names = given.names.map(([name, x, y]) => ({ name, at: mapPoint(x, y) }));
  const runPaths = runs.map((run) => ({ whole: pathOf(run.legs.map((leg) => leg.points)), legs: run.legs.map((leg) => pathOf([leg.points])) }));

  const fontOf = (size, weight = 400) => weight + " " + size + 'px system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif';
  const toScreen = ([x, y]) => [(x - view.x) * view.scale + width / 2, (y - view.y) * view.scale + height / 2];
  const isOutside = ([x, y], margin = 20) => x < -margin || y < -margin || x > width + margin || y > height + margin;

  function fit(points, margin = 30) {
    if (!points.length) return;
    const xs = points.map((point) => point[0]), ys = points.map((point) => point[1]);
    const [west, east, north, south] = [least(xs), most(xs), least(ys), most(ys)];
    view.x = (west + east) / 2;
    view.y = (north + south) / 2;
    const across = (width - 2 * margin) / Math.max(east - west, 100), down = (height - 2 * margin) / Math.max(south - north, 100);
    view.scale = Math.min(Math.max(Math.min(across, down), 0.002), 2);
    touched = true;
    redraw();
  }
  function everything() {
    fit([...outlinePoints, ...visitsOfAll.map((visit) => visit.at), hub.at, ...unserved.map((each) => each.at)], 14);
    touched = false; // until someone moves the map, it follows the window's size
  }

  function zoom(factor, x = width / 2, y = height / 2) {
    const scale = Math.min(Math.max(view.scale * factor, 0.002), 12);
    view.x += (x - width / 2) * (1 / view.scale - 1 / scale);
    view.y += (y - height / 2) * (1 / view.scale - 1 / scale);
    view.scale = scale;
    touched = tip.hidden = true;
    redraw();
  }
  function pan(x, y) {
    view.x -= x / view.scale;
    view.y -= y / view.scale;
    touched = tip.hidden = true;
    redraw();
  }

  // --- drawing ---------------------------------------------------------------------------------------

  function redraw() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  }

  function draw() {
    const ratio = canvas.width / width;
    paper.setTransform(ratio, 0, 0, ratio, 0, 0);
    paper.fillStyle = "#e9ebe6";
    paper.fillRect(0, 0, width, height);
    inUnits(ratio, drawGround);
    if (state.layers.tiles) drawTiles(paper, view, width, height, redraw);
    inUnits(ratio, () => {
      if (state.layers.streets && !state.layers.tiles) drawStreets();
      if (state.layers.runs) drawRuns();
    });
    if (state.layers.names && !state.layers.tiles) drawNames();
    if (state.layers.clusters || state.cluster !== null) drawClusters();
    if (state.layers.stops) drawStops();
    drawUnserved();
    drawHub();
    if (state.time !== null) drawDrivers();
    canvas.dataset.drawn = state.time === null ? "day" : hours(state.time);
  }

  function inUnits(ratio, drawing) {
    const scale = view.scale * ratio;
    paper.save();
    paper.setTransform(scale, 0, 0, scale, (width / 2) * ratio - view.x * scale, (height / 2) * ratio - view.y * scale);
    paper.lineJoin = paper.lineCap = "round";
    drawing();
    paper.restore();
  }
  function stroke(path, colour, pixels, alpha = 1) {
    paper.globalAlpha = alpha;
    paper.strokeStyle = colour;
    paper.lineWidth = pixels / view.scale;
    paper.stroke(path);
    paper.globalAlpha = 1;
  }

  function drawGround() {
    paper.fillStyle = "#fafaf7";
    paper.fill(outline);
    stroke(outline, "#a9b2ac", 1.4);
  }
  function drawStreets() {
    const near = Math.min(Math.max(view.scale / 0.06, 0.7), 4);
    if (view.scale > 0.09) stroke(streets[2], "#e3e5df", 1.1 * Math.min(near, 2.5));
    stroke(streets[1], "#d9dcd5", 1.2 * near);
    stroke(streets[0], "#c9cec8", 1.9 * near);
  }

  function drawRuns() {
    const close = Math.min(Math.max(view.scale / 0.07, 0.8), 2);
    const some = state.chosen.size > 0;
    for (const run of runs) if (!isShown(run)) stroke(runPaths[run.index].whole, "#9aa3a8", 0.8, 0.25);
    for (const run of runs) {
      if (!isShown(run)) continue;
      const { whole, legs } = runPaths[run.index];
      if (some) stroke(whole, "#fff", 5 * close, 0.9);
      if (state.time === null) stroke(whole, run.colour, (some ? 2.8 : 1.5) * close, some ? 0.95 : 0.8);
      else {
        stroke(whole, run.colour, 1 * close, some ? 0.35 : 0.13);
        run.legs.forEach((leg, i) => { if (leg.leaves <= state.time) drawDriven(run, leg, legs[i], (some ? 2.8 : 1.6) * close); });
      }
      if (some && state.time === null) run.legs.forEach((leg) => drawArrow(leg, run.colour));
    }
  }
  function drawDriven(run, leg, path, pixels) {
    const done = leg.arrives <= state.time;
    const age = (state.time - leg.arrives) / 3600; // what is long past fades, so that the present stands out
    stroke(done ? path : pathOf([partOf(leg, state.time)]), run.colour, pixels, done ? Math.max(0.85 - 0.5 * age, 0.18) : 1);
  }
  function drawArrow(leg, colour) {
    const at = halfway(leg);
    if (!at || at.length * view.scale < 60) return;
    const size = 6 / view.scale;
    paper.save();
    paper.translate(...at.point);
    paper.rotate(at.angle);
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

  function drawNames() {
    const [hubX, hubY] = toScreen(hub.at);
    const taken = [{ x: hubX + 38, y: hubY, half: 52 }];
    paper.font = fontOf(width < 560 ? 10 : 11.5, 500);
    paper.textAlign = "center";
    paper.textBaseline = "middle";
    for (const { name, at } of names) {
      const [x, y] = toScreen(at);
      const half = paper.measureText(name).width / 2 + 3;
      if (isOutside([x, y], 60) || taken.some((each) => Math.abs(each.y - y) < 14 && Math.abs(each.x - x) < each.half + half)) continue;
      taken.push({ x, y, half });
      written(name, x, y, "#5d6a62");
    }
  }
  function written(text, x, y, colour) {
    paper.lineJoin = "round";
    paper.lineWidth = 3;
    paper.strokeStyle = "#ffffffd9";
    paper.strokeText(text, x, y);
    paper.fillStyle = colour;
    paper.fillText(text, x, y);
  }

  function drawStops() {
    const single = state.chosen.size === 1 && view.scale > 0.04; // room for numbers
    const size = single ? 8.5 : Math.min(Math.max(view.scale * 42, 2.3), 6.5) * (state.chosen.size ? 1.25 : 1);
    const order = [...runs].sort((a, b) => isShown(a) - isShown(b));
    for (const run of order) {
      const shown = isShown(run);
      for (const visit of run.visits) if (visit.type === "stop") drawStop(run, visit, shown, shown ? size : 1.8, single && shown);
    }
  }
  function drawStop(run, visit, shown, size, numbered) {
    const at = toScreen(visit.at);
    if (isOutside(at)) return;
    const ahead = state.time !== null && visit.begin > state.time;
    const inCluster = state.cluster === null || visit.served.some((each) => clusters[state.cluster].requests.has(each));
    paper.globalAlpha = !inCluster ? 0.18 : shown ? 1 : 0.4;
    paper.fillStyle = !shown ? "#9aa3a8" : ahead ? "#fff" : run.colour;
    paper.strokeStyle = shown ? (ahead ? run.colour : "#fff") : "#9aa3a8";
    paper.lineWidth = ahead ? 1.5 : 1;
    shapeOf(visit, at, size);
    paper.fill();
    if (shown) paper.stroke();
    if (numbered) {
      paper.font = fontOf(9.5, 700);
      paper.textAlign = "center";
      paper.textBaseline = "middle";
      paper.fillStyle = ahead ? run.colour : "#fff";
      paper.fillText(visit.number, at[0], at[1] + 0.5);
    }
    paper.globalAlpha = 1;
  }
  function shapeOf(visit, [x, y], size) {
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

  function drawUnserved() {
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
  function drawHub() {
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
    written("Drive-thru", x + 11, y, "#18222c");
  }

  function drawDrivers() {
    paper.font = fontOf(11, 700);
    paper.textBaseline = "middle";
    const taken = [];
    for (const run of [...runs].sort((a, b) => isShown(a) - isShown(b))) {
      const here = positionOf(run, state.time);
      if (!here || !isShown(run)) continue;
      const [x, y] = toScreen(here.at);
      paper.beginPath();
      paper.arc(x, y, 7, 0, 2 * Math.PI);
      paper.fillStyle = run.colour;
      paper.strokeStyle = "#fff";
      paper.lineWidth = 2.5;
      paper.stroke();
      paper.fill();
      paper.lineWidth = 1;
      paper.strokeStyle = "#18222c";
      paper.stroke();
      const half = paper.measureText(run.driver).width;
      const crowded = taken.some((each) => Math.abs(each.y - y) < 12 && x < each.x + each.half + 12 && each.x < x + half + 12);
      if (crowded) continue;
      taken.push({ x, y, half });
      paper.textAlign = "left";
      written(run.driver, x + 11, y, "#18222c");
    }
  }

  function drawClusters() {
    for (const cluster of clusters) {
      const alone = state.cluster === cluster.index;
      if (!alone && (!state.layers.clusters || state.cluster !== null)) continue;
      const around = hullOf(visitsOfAll.filter((visit) => visit.served.some((each) => cluster.requests.has(each))).map((visit) => toScreen(visit.at)));
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
      written(alone && cluster.around ? cluster.name + " " + cluster.around : cluster.name, top[0], top[1] - 4, "#0b5a6b");
    }
  }

  // --- hands --------------------------------------------------------------------------------------------

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
    const before = fingers.get(event.pointerId), now = local(event);
    if (!before) return void (event.pointerType === "mouse" && showTip(now));
    dragged += Math.hypot(now.x - before.x, now.y - before.y);
    if (fingers.size === 2) {
      const [apart, [x, y]] = [spread(), middle()];
      fingers.set(event.pointerId, now);
      const [toX, toY] = middle();
      pan(toX - x, toY - y);
      if (apart > 0) zoom(spread() / apart, toX, toY);
    } else {
      fingers.set(event.pointerId, now);
      if (dragged > 4) pan(now.x - before.x, now.y - before.y);
    }
  });
  const lift = (event) => {
    const wasTap = fingers.delete(event.pointerId) && dragged <= 4 && event.type === "pointerup";
    if (!fingers.size) canvas.classList.remove("moving");
    if (!wasTap) return;
    const found = nearest(local(event));
    if (found && found.run !== undefined && !state.chosen.has(found.run)) toggleRun(found.run, false);
    showTip(local(event));
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") tip.hidden = true; });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { x, y } = local(event);
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), x, y);
  }, { passive: false });
  canvas.addEventListener("dblclick", (event) => zoom(1.8, local(event).x, local(event).y));
  canvas.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    if (moves[event.key]) pan(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") zoom(1.4);
    else if (event.key === "-") zoom(1 / 1.4);
    else if (event.key === "0") everything();
    else return;
    event.preventDefault();
  });
  document.getElementById("zoom-in").addEventListener("click", () => zoom(1.5));
  document.getElementById("zoom-out").addEventListener("click", () => zoom(1 / 1.5));
  document.getElementById("zoom-all").addEventListener("click", () => { tip.hidden = true; everything(); });

  function nearest({ x, y }) {
    let best = null, nearby = 14;
    const look = (what, at) => {
      const [atX, atY] = toScreen(at), apart = Math.hypot(atX - x, atY - y);
      if (apart < nearby) [best, nearby] = [what, apart];
    };
    if (state.layers.stops) for (const visit of visitsOfAll) if (visit.type === "stop" && isShown(runs[visit.run])) look(visit, visit.at);
    for (const each of unserved) look(each, each.at);
    return best;
  }
  function showTip(at) {
    const found = nearest(at);
    tip.hidden = !found;
    if (!found) return;
    const lines = found.type ? linesOf(found) : ["Not served: " + found.request.id, found.request.address || places[found.place].id];
    tip.replaceChildren(make("b", {}, lines[0]), ...lines.slice(1).map((line) => make("div", {}, line)));
    tip.style.borderLeftColor = found.type ? runs[found.run].colour : "#c62f1d";
    tip.style.left = Math.max(4, Math.min(at.x + 14, width - tip.offsetWidth - 6)) + "px";
    tip.style.top = (at.y + tip.offsetHeight + 20 > height ? Math.max(4, at.y - tip.offsetHeight - 12) : at.y + 14) + "px";
  }
  function linesOf(visit) {
    const list = (what, some) => (some.length ? [what + " " + some.map((each) => each.id + " (" + each.documents + ")").join(", ")] : []);
    return [
      runs[visit.run].driver + " · stop " + visit.number + (visit.trip ? " · trip " + visit.trip : ""),
      doorOf(visit),
      hours(visit.begin) + "–" + hours(visit.end) + (visit.window ? ", promised " + hours(visit.window[0]) + "–" + hours(visit.window[1]) : ""),
      ...list("Deliver", visit.served.filter((each) => each.isReturn)),
      ...list("Collect", visit.served.filter((each) => !each.isReturn)),
    ];
  }

  function resize() {
    const box = canvas.parentElement.getBoundingClientRect();
    if (!box.width || (box.width === width && box.height === height)) return;
    [width, height] = [box.width, box.height];
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (!touched) everything();
    draw();
  }
  new ResizeObserver(resize).observe(canvas.parentElement);
  window.addEventListener("beforeprint", draw);
  resize();

  const credit = document.getElementById("credit"), streetCredit = credit.textContent;
  const placesOfChosen = () => [...state.chosen].flatMap((index) => [...runs[index].visits.map((visit) => visit.at), ...runs[index].legs.flatMap((leg) => leg.points)]);
  onChange((differences) => {
    tip.hidden = true;
    if (differences.chosen && state.fits && state.chosen.size === 1) fit(placesOfChosen(), 40);
    if (differences.cluster !== undefined && state.cluster !== null)
      fit(visitsOfAll.filter((visit) => visit.served.some((each) => clusters[state.cluster].requests.has(each))).map((visit) => visit.at), 60);
    credit.textContent = state.layers.tiles ? "© OpenStreetMap contributors" : streetCredit;
    redraw();
  });
  return { draw };
})();
