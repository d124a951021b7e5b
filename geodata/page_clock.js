// The hour slider: the moment that map, list, timelines and itinerary show; and playing the day.

const slider = document.getElementById("slider"), clockFace = document.getElementById("moment"), play = document.getElementById("play");
const doing = document.getElementById("doing"), nowButton = document.getElementById("now");
slider.min = span.from;
slider.max = span.to;
slider.value = span.to;

let playing = null;
function pause() {
  cancelAnimationFrame(playing);
  playing = null;
  play.textContent = "▶";
  play.setAttribute("aria-label", "Play the day");
}
function goTo(time) {
  pause();
  change({ time });
}
slider.addEventListener("input", () => goTo(Number(slider.value)));
slider.addEventListener("keydown", (event) => {
  // Arrow keys step by a minute, as the slider itself does; with Shift and by page by a quarter and an hour.
  const steps = { ArrowLeft: -900, ArrowDown: -900, ArrowRight: 900, ArrowUp: 900 };
  const step = { PageUp: 3600, PageDown: -3600 }[event.key] || (event.shiftKey && steps[event.key]);
  if (!step) return;
  event.preventDefault();
  goTo(between(span.from, (state.time === null ? span.to : state.time) + step, span.to));
});
document.getElementById("whole").addEventListener("click", () => goTo(null));
nowButton.hidden = now === null;
if (now !== null) {
  nowButton.textContent = "Now " + hours(now);
  nowButton.addEventListener("click", () => goTo(between(span.from, now, span.to)));
}
play.addEventListener("click", () => {
  if (playing !== null) return pause();
  play.textContent = "❚❚";
  play.setAttribute("aria-label", "Pause");
  let before = null, time = state.time === null || state.time >= span.to ? span.from : state.time;
  const step = (at) => {
    time += before === null ? 0 : Math.min(at - before, 100) * 0.6; // ten minutes of the day per second
    before = at;
    change({ time: Math.min(time, span.to) });
    if (time >= span.to) return pause();
    playing = requestAnimationFrame(step);
  };
  playing = requestAnimationFrame(step);
});

const marks = Object.fromEntries(Object.entries(DOINGS).map(([name, each]) => {
  const number = make("b"), mark = make("span", {}, markOf(name, "#56636f"), number, " " + each.name);
  doing.append(mark);
  return [name, { mark, number }];
}));

doing.append(make("span", {}, "The number beside a name: documents on board."));

// Hours under the slider, as many as there is room for; the ends of its track are half a thumb inside.
const scale = document.getElementById("hours");
function drawHours() {
  const room = scale.clientWidth - 16;
  const step = [3600, 7200, 10800, 14400, 21600, 43200].find((each) => (each / (span.to - span.from)) * room > 34) || 86400;
  const at = (time) => 8 + ((time - span.from) / (span.to - span.from)) * room + "px";
  const labels = [];
  for (let time = Math.ceil(span.from / step) * step; time <= span.to; time += step) labels.push([time, twoDigits(time / 3600), ""]);
  if (now !== null && now >= span.from && now <= span.to) labels.push([now, "▲", "now"]);
  scale.replaceChildren(...labels.map(([time, text, name]) => {
    const label = make("span", { class: name }, text);
    label.style.left = at(time);
    return label;
  }));
}
new ResizeObserver(drawHours).observe(scale);
drawHours();

onChange((differences) => {
  if (!("time" in differences) && !("shown" in differences)) return;
  const { time } = state;
  clockFace.textContent = time === null ? "whole day" : hours(time);
  slider.value = time === null ? span.to : time;
  doing.hidden = time === null;
  const counts = time === null ? {} : countsAt(time), said = [];
  for (const [name, { mark, number }] of Object.entries(marks)) {
    mark.classList.toggle("nobody", !counts[name]);
    number.textContent = counts[name] || 0;
    if (counts[name]) said.push(counts[name] + " " + DOINGS[name].name);
  }
  slider.setAttribute("aria-valuetext", [clockFace.textContent, ...said].join(", "));
});
