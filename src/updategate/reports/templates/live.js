"use strict";
// everything that comes from the run is put in as text, never as HTML
const words = JSON.parse(document.getElementById("words").textContent);
const part = (id) => document.getElementById(id);
const duration = (seconds) => {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return whole < 3600 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${Math.floor(whole / 3600)} h ${Math.floor(whole / 60) % 60} min`;
};
const cell = (row, text, kind) => {
  const made = row.insertCell();
  if (kind) {
    const tag = document.createElement("span");
    tag.className = `tag ${kind}`;
    tag.textContent = text;
    made.append(tag);
  } else made.textContent = text;
};
const titleOf = (one) => (document.documentElement.lang === "de" && one.title_de) || one.title;
const moods = { passed: "good", failed: "bad", broken: "doubt", skipped: "doubt", not_applicable: "plain" };
let shown = -1;
const show = (state) => {
  part("done").textContent = `${state.done} / ${state.total}`;
  part("failing").textContent = state.failing;
  part("failing").parentElement.className = state.failing ? "bad" : "good";
  part("left").textContent = state.ended ? words.ended : state.left === null ? "–" : duration(state.left);
  part("elapsed").textContent = duration(state.elapsed);
  part("bar").max = Math.max(state.total, 1);
  part("bar").value = state.done;
  document.title = `${state.done}/${state.total}${state.failing ? ` ✗${state.failing}` : ""} – ${state.environment}`;
  const running = part("running");
  running.replaceChildren();
  for (const one of state.running) {
    const item = document.createElement("li");
    item.textContent = `${one.process} ${titleOf(one)} (${duration(one.seconds)})`;
    running.append(item);
  }
  part("nothing").hidden = state.running.length > 0 || state.ended;
  if (shown === state.finished.length) return;
  shown = state.finished.length;
  const rows = part("finished");
  rows.replaceChildren();
  const bad = (one) => (one.status === "failed" || one.status === "broken" ? 0 : 1);
  for (const one of [...state.finished].reverse().sort((a, b) => bad(a) - bad(b))) {
    const row = rows.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = `${one.process} ${titleOf(one)}`;
    row.append(head);
    cell(row, words.statuses[one.status] ?? one.status, moods[one.status] ?? "plain");
    cell(row, duration(one.seconds));
    const told = one.status === "passed" ? "" : one.message;
    cell(row, one.expected && !told.includes("expected") ? `${told} ${words.expected}: ${one.expected}, ${words.actual}: ${one.actual}` : told);
  }
};
show(JSON.parse(part("state").textContent));
const source = new EventSource("/events");
source.onmessage = (event) => {
  const state = JSON.parse(event.data);
  show(state);
  part("lost").hidden = true;
  if (state.ended) source.close();
};
source.onerror = () => {
  part("lost").hidden = false;
};
