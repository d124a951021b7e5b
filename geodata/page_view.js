// The canvas, and which part of the city it shows.

const canvas = document.getElementById("canvas");
const view = { x: 0, y: 0, scale: 1, width: 0, height: 0 }; // map units at the centre, pixels per unit, size in pixels
let framed = null; // fits again what was fitted last; null once someone has moved the map

const toScreen = ([x, y]) => [(x - view.x) * view.scale + view.width / 2, (y - view.y) * view.scale + view.height / 2];
const isOutside = ([x, y], margin = 20) => x < -margin || y < -margin || x > view.width + margin || y > view.height + margin;
const between = (low, value, high) => Math.min(Math.max(value, low), high);

function fit(points, margin = 30) {
  if (!points.length) return;
  const xs = points.map((point) => point[0]), ys = points.map((point) => point[1]);
  const [west, east, north, south] = [least(xs), most(xs), least(ys), most(ys)];
  view.x = (west + east) / 2;
  view.y = (north + south) / 2;
  const across = (view.width - 2 * margin) / Math.max(east - west, 100), down = (view.height - 2 * margin) / Math.max(south - north, 100);
  view.scale = between(0.002, Math.min(across, down), 2);
  framed = () => fit(points, margin);
}
function fitEverything() {
  fit([...outlinePoints, ...visitsOfAll.map((visit) => visit.at), hub.at, ...unserved.map((each) => each.at)], 14);
}
function zoomBy(factor, x = view.width / 2, y = view.height / 2) {
  const scale = between(0.002, view.scale * factor, 8);
  view.x += (x - view.width / 2) * (1 / view.scale - 1 / scale);
  view.y += (y - view.height / 2) * (1 / view.scale - 1 / scale);
  view.scale = scale;
  framed = null;
}
function panBy(x, y) {
  view.x -= x / view.scale;
  view.y -= y / view.scale;
  framed = null;
}

// --- a pen that draws in map units or in pixels ---------------------------------------------------------------

// Paths in map units are made once and drawn under a transform.
function pathOf(lines) {
  const path = new Path2D();
  for (const points of lines) points.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
  return path;
}
function inUnits(paper, drawing) {
  const ratio = canvas.width / view.width, scale = view.scale * ratio;
  paper.save();
  paper.setTransform(scale, 0, 0, scale, (view.width / 2) * ratio - view.x * scale, (view.height / 2) * ratio - view.y * scale);
  paper.lineJoin = paper.lineCap = "round";
  drawing();
  paper.restore();
}
function strokePath(paper, path, colour, pixels, alpha = 1) {
  paper.globalAlpha = alpha;
  paper.strokeStyle = colour;
  paper.lineWidth = pixels / view.scale;
  paper.stroke(path);
  paper.globalAlpha = 1;
}
const fontOf = (size, weight = 400) => weight + " " + size + 'px system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif';
function written(paper, text, x, y, colour) {
  paper.lineJoin = "round";
  paper.lineWidth = 3;
  paper.strokeStyle = "#ffffffe0";
  paper.strokeText(text, x, y);
  paper.fillStyle = colour;
  paper.fillText(text, x, y);
}
