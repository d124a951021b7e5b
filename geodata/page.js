// Layers, clusters, and what the address asks for: #driver=..&time=HH:MM&cluster=..

document.querySelectorAll("[data-layer]").forEach((box) => {
  state.layers[box.dataset.layer] = box.checked;
  box.addEventListener("change", () => {
    document.getElementById("tile-note").textContent = "";
    change({ layers: { ...state.layers, [box.dataset.layer]: box.checked } });
  });
});

const clusterButtons = [...document.querySelectorAll("[data-cluster]")];
clusterButtons.forEach((button) => button.addEventListener("click", () => {
  const index = Number(button.dataset.cluster);
  const again = state.cluster === index;
  change({ cluster: again ? null : index });
  if (!again) document.getElementById("map").scrollIntoView({ block: "center" });
}));
onChange((differences) => {
  if ("cluster" in differences) clusterButtons.forEach((button) => button.setAttribute("aria-pressed", state.cluster === Number(button.dataset.cluster)));
});

function followAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const named = asked.getAll("driver"), found = runs.filter((run) => named.includes(run.driver));
  if (found.length) change({ shown: new Set(found.map((run) => run.index)), fits: true });
  const cluster = clusters.find((each) => each.name === asked.get("cluster"));
  if (cluster) change({ cluster: cluster.index });
  const clock = /^(\d{1,2}):(\d{2})$/.exec(asked.get("time") || "");
  if (clock) change({ time: between(span.from, clock[1] * 3600 + clock[2] * 60, span.to) });
}
window.addEventListener("hashchange", followAddress);
change({ time: null, shown: state.shown, layers: state.layers });
followAddress();
drawMap(); // not only with the next frame: a page printed at once has its map
document.documentElement.dataset.ready = "yes";
