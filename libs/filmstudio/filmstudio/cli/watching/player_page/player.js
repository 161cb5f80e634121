"use strict";

const PHASES = {
  looking: "looking at what changed",
  rendering: "rendering",
  ready: "up to date",
  faulty: "the text has mistakes; the last film stays",
  failed: "not rendered; the last film stays",
};
const DOCUMENTS = [".pdf", ".html"];
const END_MARGIN_SECONDS = 0.05;

const byId = (id) => document.getElementById(id);
let shown = 0;

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function row(name, cells) {
  const made = document.createElement("tr");
  made.append(...cells.map((cell) => element(name, cell)));
  return made;
}

// A storyboard is no film: it is opened beside the page.
function link(number, suffix) {
  if (number === 0) return;
  const made = element("a", `Open the storyboard (${suffix.slice(1).toUpperCase()})`);
  made.href = `films/${number}`;
  made.target = "_blank";
  made.rel = "noopener";
  byId("stage").replaceChildren(made);
}

// The new film loads behind the old one and takes its place at the same time of the film.
function play(number) {
  if (number === shown || number === 0) return;
  shown = number;
  const stage = byId("stage");
  stage.querySelectorAll("video[hidden]").forEach((video) => video.remove());
  const old = stage.querySelector("video");
  const next = document.createElement("video");
  next.controls = true;
  next.preload = "auto";
  next.hidden = old !== null;
  next.dataset.number = String(number);
  next.src = `films/${number}`;
  if (old === null) {
    byId("empty").hidden = true;
    stage.append(next);
    return;
  }
  next.volume = old.volume;
  next.muted = old.muted;
  next.playbackRate = old.playbackRate;
  next.addEventListener("loadedmetadata", () => {
    next.currentTime = Math.min(old.currentTime, Math.max(0, next.duration - END_MARGIN_SECONDS));
  }, { once: true });
  next.addEventListener("seeked", () => swap(old, next), { once: true });
  stage.append(next);
}

function swap(old, next) {
  if (Number(next.dataset.number) !== shown) return;
  const goesOn = !old.paused && !old.ended;
  old.pause();
  old.remove();
  next.hidden = false;
  // A browser may refuse to play what nobody clicked; then it stands still at the right place.
  if (goesOn) next.play().catch(() => {});
}

function showRemarks(remarks) {
  byId("remarks").replaceChildren(...remarks.map((remark) => {
    const item = document.createElement("li");
    const place = remark.line ? `line ${remark.line}: ` : "";
    item.append(element("span", `${remark.severity}: `, remark.severity), `${place}${remark.text}`);
    if (remark.source.trim()) item.append(element("pre", remark.source));
    if (remark.suggestion) item.append(element("p", remark.suggestion, "cure"));
    return item;
  }));
}

function showPlan(plan) {
  byId("plan").hidden = plan === null;
  if (plan === null) return;
  byId("headline").textContent = plan.headline;
  // A column in which nothing stands is left out.
  const told = plan.columns.map((_, index) => plan.rows.some((cells) => cells[index]));
  const chosen = (cells) => cells.filter((_, index) => told[index]);
  const [head, body] = [byId("rows").tHead, byId("rows").tBodies[0]];
  head.replaceChildren(...(plan.rows.length ? [row("th", chosen(plan.columns))] : []));
  body.replaceChildren(...plan.rows.map((cells) => row("td", chosen(cells))));
  byId("others").replaceChildren(...plan.others.map((line) => element("li", line)));
  byId("sums").textContent = plan.sums.join("\n");
}

function showProgress(progress) {
  const stages = progress === null ? [] : progress.stages;
  byId("progress").tBodies[0].replaceChildren(...stages.map((stage) => {
    const made = row("td", [stage.name]);
    const bar = document.createElement("progress");
    bar.max = stage.total || 1;
    bar.value = stage.total ? stage.done : 1;
    const cell = document.createElement("td");
    cell.append(bar);
    const cached = stage.cached ? `, ${stage.cached} were there` : "";
    made.append(cell, element("td", `${stage.done} of ${stage.total}${cached}`));
    return made;
  }));
}

function phaseWords(state) {
  const progress = state.progress;
  if (state.phase !== "rendering" || progress === null) return PHASES[state.phase];
  const left = progress.left ? `, ${progress.left} left` : "";
  return `${progress.words || PHASES.rendering}, ${progress.elapsed}${left}`;
}

function show(state) {
  document.title = `${state.title} - Film Studio`;
  document.body.dataset.phase = state.phase;
  byId("title").textContent = state.title;
  byId("phase").textContent = phaseWords(state);
  byId("note").textContent = state.note;
  byId("note").hidden = !state.note;
  showRemarks(state.remarks);
  showProgress(state.progress);
  showPlan(state.plan);
  if (DOCUMENTS.includes(state.suffix)) link(state.film, state.suffix);
  else play(state.film);
}

const events = new EventSource("events");
events.onmessage = (event) => show(JSON.parse(event.data));
events.onerror = () => {
  document.body.dataset.phase = "failed";
  byId("phase").textContent = "film render --watch has ended";
};
