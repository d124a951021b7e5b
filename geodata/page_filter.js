// The list of drivers: which are shown, found by name, request or address, and what each does at the moment shown.

const search = document.getElementById("search"), noMatch = document.getElementById("no-match"), shownCount = document.getElementById("shown-count");
const rows = [...document.querySelectorAll("#runs > li")].map((item, index) => {
  const run = runs[index], found = (selector) => item.querySelector(selector);
  const words = [run.driver, ...run.visits.flatMap((visit) => [places[visit.place].id, ...visit.served.flatMap((each) => [each.id, each.address])])];
  return {
    run, item, box: found("input"), button: found("button"), swatch: found(".swatch"), what: found(".what"), far: found(".far"),
    bar: found(".swatch > i"), allDay: [found(".what").textContent, found(".far").textContent],
    text: words.join("\n").toLowerCase(),
  };
});

for (const { run, box, button } of rows) {
  box.addEventListener("change", () => {
    const shown = new Set(state.shown);
    if (box.checked) shown.add(run.index);
    else shown.delete(run.index);
    change({ shown, fits: false });
  });
  button.addEventListener("click", () => showOnly(run.index));
}
const matching = () => rows.filter(({ item }) => !item.hidden).map(({ run }) => run.index);
document.getElementById("all").addEventListener("click", () => change({ shown: new Set([...state.shown, ...matching()]), fits: true }));
document.getElementById("none").addEventListener("click", () => {
  const hidden = new Set(matching());
  change({ shown: new Set([...state.shown].filter((index) => !hidden.has(index))), fits: false });
});
search.addEventListener("input", () => {
  const wanted = search.value.trim().toLowerCase();
  for (const { item, text } of rows) item.hidden = !text.includes(wanted);
  noMatch.hidden = !rows.length || matching().length > 0;
});
// Enter shows those that were found and nobody else; with nothing sought, everybody.
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && matching().length) change({ shown: new Set(matching()), fits: true });
});

function showDoing(row) {
  const { run, swatch, what, far, allDay } = row;
  if (state.time === null) {
    swatch.replaceChildren(row.bar);
    [what.textContent, far.textContent] = allDay;
    what.removeAttribute("title");
    return;
  }
  const here = momentOf(run, state.time);
  swatch.replaceChildren(markOf(here.doing, run.colour));
  what.textContent = what.title = wordsFor(here);
  far.textContent = here.load ? here.load + " on board" : "";
}
onChange((differences) => {
  if ("time" in differences) {
    document.getElementById("runs").classList.toggle("live", state.time !== null);
    rows.forEach(showDoing);
  }
  if (!("shown" in differences)) return;
  for (const { run, item, box, button } of rows) {
    box.checked = isShown(run);
    item.classList.toggle("off", !isShown(run));
    button.setAttribute("aria-pressed", isOnly(run.index));
  }
  shownCount.textContent = isFiltered() ? state.shown.size + " of " + runs.length + " shown" : "";
});
