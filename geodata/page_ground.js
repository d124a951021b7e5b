// What lies under the runs: the city's outline, its streets, the names of the kelurahan.

const outlinePoints = mapLine(given.outline);
const outline = pathOf([outlinePoints]);
const [arterials, collectors, lanes] = given.streets.map((rank) => pathOf(rank.map(mapLine)));
const names = given.names.map(([name, x, y]) => ({ name, at: mapPoint(x, y) }));

// Streets are many and stand still: they are drawn anew only when the view changes, not with every moment.
const still = document.createElement("canvas");
function drawStill(paper) {
  const key = [view.x, view.y, view.scale, canvas.width, canvas.height, state.layers.streets && !state.layers.tiles].join();
  if (still.dataset.key !== key) {
    [still.width, still.height] = [canvas.width, canvas.height];
    const own = still.getContext("2d");
    own.fillStyle = "#e9ebe6";
    own.fillRect(0, 0, still.width, still.height);
    inUnits(own, () => {
      drawOutline(own);
      if (state.layers.streets && !state.layers.tiles) drawStreets(own);
    });
    still.dataset.key = key;
  }
  paper.drawImage(still, 0, 0, view.width, view.height);
}
function drawOutline(paper) {
  paper.fillStyle = "#fafaf7";
  paper.fill(outline);
  strokePath(paper, outline, "#a9b2ac", 1.4);
}
function drawStreets(paper) {
  const near = between(0.7, view.scale / 0.06, 4);
  const widths = [[lanes, between(0.4, view.scale * 9, 5), "#dfe2da"], [collectors, 1.3 * near, "#d2d6ce"], [arterials, 2.1 * near, "#c3c9c2"]];
  for (const [path, pixels, colour] of widths) strokePath(paper, path, colour, pixels);
  for (const [path, pixels] of widths) if (pixels > 3.5) strokePath(paper, path, "#fff", pixels - 2); // a roadway between kerbs
}

function drawNames(paper) {
  const [hubX, hubY] = toScreen(hub.at);
  const taken = [{ x: hubX + 38, y: hubY, half: 52 }, ...driversOnMap().map(({ x, y }) => ({ x: x + 20, y, half: 32 }))];
  paper.font = fontOf(view.width < 560 ? 10 : 11.5, 500);
  paper.textAlign = "center";
  paper.textBaseline = "middle";
  for (const { name, at } of names) {
    const [x, y] = toScreen(at);
    const half = paper.measureText(name).width / 2 + 3;
    if (isOutside([x, y], 60) || taken.some((each) => Math.abs(each.y - y) < 14 && Math.abs(each.x - x) < each.half + half)) continue;
    taken.push({ x, y, half });
    written(paper, name, x, y, "#5d6a62");
  }
}
