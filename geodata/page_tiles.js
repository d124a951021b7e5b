// Street tiles: the only thing this page ever fetches, and only when they are switched on.

const drawTiles = (() => {
  const tiles = new Map();
  const note = document.getElementById("tile-note");
  const world = 360 * UNITS; // in the Web Mercator grid the whole world is 360 degrees wide, and as high

  return (paper, view, width, height, redraw) => {
    const level = Math.min(Math.max(Math.round(Math.log2((view.scale * world) / 256)), 3), 19);
    const size = world / 2 ** level;
    const west = 180 * UNITS + given.corner[0], north = (180 - SOUTH) * UNITS;
    const [left, top] = [view.x - width / 2 / view.scale, view.y - height / 2 / view.scale];
    const numbers = (edge, offset) => Math.floor((edge + offset) / size);
    for (let row = numbers(top, north); row <= numbers(top + height / view.scale, north); row++)
      for (let column = numbers(left, west); column <= numbers(left + width / view.scale, west); column++) {
        const image = tileOf(level, column, row, redraw);
        if (!image.complete || !image.naturalWidth) continue;
        const side = size * view.scale;
        paper.globalAlpha = 0.75;
        paper.drawImage(image, (column * size - west - left) * view.scale, (row * size - north - top) * view.scale, side + 0.5, side + 0.5);
        paper.globalAlpha = 1;
      }
  };

  function tileOf(level, column, row, redraw) {
    const address = given.tiles.replace("{z}", level).replace("{x}", column).replace("{y}", row);
    if (!tiles.has(address)) {
      const image = new Image();
      image.onload = redraw;
      image.onerror = () => { note.textContent = "No tiles: offline, or their server does not answer pages opened from a file."; };
      image.src = address;
      tiles.set(address, image);
    }
    return tiles.get(address);
  }
})();
