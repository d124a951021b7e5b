// Timelines of drivers and of lanes: SVG, one row each, a common clock.

const SIDE = 20, HEAD = 22;

function timeline(box, rows, { rowHeight, drawRow, background }) {
  const list = make("ol");
  for (const row of rows) {
    const name = row.run ? make("button", { type: "button", title: row.label }, row.label) : row.label;
    list.append(make("li", {}, name));
    if (row.run) name.addEventListener("click", () => showOnly(row.run.index));
  }
  let svg = make("svg"), hand = null, widthOf = 0;
  box.replaceChildren(list, svg);

  function build() {
    const room = box.clientWidth - list.offsetWidth;
    const width = Math.max(room, 660);
    if (width === widthOf) return;
    widthOf = width;
    const x = (seconds) => SIDE + ((seconds - span.from) / (span.to - span.from)) * (width - 2 * SIDE);
    const height = HEAD + rows.length * rowHeight + 6;
    const fresh = make("svg", { width, height, viewBox: "0 0 " + width + " " + height, preserveAspectRatio: "none", role: "img", "aria-label": box.id.replace("-", " ") });
    fresh.append(patterns(box.id));
    const bottom = HEAD + rows.length * rowHeight;
    for (const [opens, closes] of background || []) fresh.append(make("rect", { x: x(opens), y: HEAD, width: x(closes) - x(opens), height: bottom - HEAD, fill: "#eef2ef" }));
    const step = [900, 1800, 3600, 7200, 14400, 28800, 86400].find((each) => (each / (span.to - span.from)) * width > 46) || 86400;
    for (let at = Math.ceil(span.from / step) * step; at <= span.to; at += step) {
      fresh.append(make("line", { x1: x(at), x2: x(at), y1: HEAD - 4, y2: bottom, stroke: "#d9dee2", "stroke-width": 1 }));
      fresh.append(make("text", { x: x(at), y: 13, "text-anchor": "middle" }, hours(at)));
    }
    rows.forEach((row, i) => {
      const group = make("g", { class: "row" + (row.run && !isShown(row.run) ? " dim" : ""), transform: "translate(0 " + (HEAD + i * rowHeight) + ")" });
      drawRow(group, row, x);
      if (row.run) {
        group.dataset.run = row.run.index;
        group.addEventListener("click", () => showOnly(row.run.index));
      }
      fresh.append(group);
    });
    if (now !== null && now > span.from) fresh.append(...happened(x, bottom));
    hand = make("line", { y1: HEAD - 6, y2: bottom, class: "now", visibility: "hidden" });
    hand.place = x;
    fresh.append(hand);
    svg.replaceWith(fresh);
    svg = fresh;
    follow();
  }
  function follow() {
    svg.querySelectorAll("[data-run]").forEach((node) => node.classList.toggle("dim", !isShown(runs[node.dataset.run])));
    if (!hand) return;
    hand.setAttribute("visibility", state.time === null ? "hidden" : "visible");
    if (state.time !== null) for (const end of ["x1", "x2"]) hand.setAttribute(end, hand.place(state.time));
  }
  new ResizeObserver(build).observe(box);
  onChange(follow);
  build();
}

// What has happened lies under a veil that ends in a dashed line, now.
function happened(x, bottom) {
  const until = x(Math.min(now, span.to));
  return [
    make("rect", { x: x(span.from), y: HEAD, width: until - x(span.from), height: bottom - HEAD, class: "past" }),
    make("line", { x1: until, x2: until, y1: HEAD - 6, y2: bottom, class: "since" }),
  ];
}

function patterns(prefix) {
  const wait = make("pattern", { id: prefix + "-wait", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  wait.append(make("rect", { width: 3, height: 5, fill: "#f0b429" }));
  const rest = make("pattern", { id: prefix + "-rest", width: 4, height: 4, patternUnits: "userSpaceOnUse" });
  rest.append(make("rect", { width: 2, height: 4, fill: "#aab4bd" }));
  return make("defs", {}, wait, rest);
}

function block(from, to, x, attributes, title) {
  const node = make("rect", { x: x(from), width: Math.max(x(to) - x(from), 0.8), ...attributes });
  if (title) node.append(make("title", {}, title));
  return node;
}

function drawDriverRow(group, { run }, x) {
  if (run.shift) group.append(block(Math.max(run.shift[0], span.from), Math.min(run.shift[1], span.to), x, { y: 2, height: 15, fill: "#e9edea" }));
  run.legs.forEach((leg) => {
    if (leg.arrives > leg.leaves) group.append(block(leg.leaves, leg.arrives, x, { y: 8.7, height: 1.8, fill: run.colour }));
  });
  for (const visit of run.visits) {
    const when = hours(visit.begin) + "–" + hours(visit.end);
    if (visit.begin > visit.arrive) group.append(block(visit.arrive, visit.begin, x, { y: 5, height: 9, fill: "url(#drivers-timeline-wait)" }, "waiting " + hours(visit.arrive) + "–" + hours(visit.begin)));
    if (visit.type === "stop") group.append(block(visit.begin, visit.end, x, { y: 4, height: 11, fill: run.colour }, when + " stop " + visit.number + ": " + doorOf(visit)));
    if (visit.type === "hub") group.append(block(visit.begin, visit.end, x, { y: 1, height: 17, fill: "#18222c" }, when + " hub: " + documentsOf(visit.unloaded) + " in, " + documentsOf(visit.loaded) + " out"));
    if (visit.type === "break") group.append(block(visit.begin, visit.end, x, { y: 3, height: 13, fill: "url(#drivers-timeline-rest)", stroke: "#aab4bd", "stroke-width": 0.8 }, when + " break"));
  }
}

function laneRows() {
  const visits = visitsOfAll.filter((visit) => visit.type === "hub").sort((a, b) => a.begin - b.begin || a.run - b.run);
  const rows = Array.from({ length: given.lanes || 0 }, () => []);
  for (const visit of visits) {
    let lane = visit.lane;
    if (lane === null) lane = rows.findIndex((row) => row.at(-1).end <= visit.begin);
    if (lane < 0) lane = rows.length;
    while (rows.length <= lane) rows.push([]);
    rows[lane].push(visit);
  }
  return rows.map((row, lane) => ({ label: "Lane " + (lane + 1), visits: row }));
}

function drawLaneRow(group, { visits }, x) {
  for (const visit of visits) {
    const run = runs[visit.run], wide = x(visit.end) - x(visit.begin);
    const title = run.driver + " " + hours(visit.begin) + "–" + hours(visit.end) + ": " + documentsOf(visit.unloaded) + " in, " + documentsOf(visit.loaded) + " out";
    const part = make("g", { "data-run": run.index, class: isShown(run) ? "" : "dim" });
    part.append(block(visit.begin, visit.end, x, { y: 4, height: 22, fill: run.colour, stroke: "#fff", "stroke-width": 0.6 }, title));
    if (wide > 7 * run.driver.length + 4) part.append(make("text", { x: (x(visit.begin) + x(visit.end)) / 2, y: 19, "text-anchor": "middle", class: "onblock" }, run.driver));
    part.addEventListener("click", () => showOnly(run.index, false));
    group.append(part);
  }
}

timeline(document.getElementById("drivers-timeline"), runs.map((run) => ({ label: run.driver, run })), { rowHeight: 19, drawRow: drawDriverRow });
const lanesBox = document.getElementById("lanes-timeline");
lanesBox.classList.add("high");
timeline(lanesBox, laneRows(), { rowHeight: 30, drawRow: drawLaneRow, background: given.hubWindows });
