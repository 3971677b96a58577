// The lobby page: live figures in the rows the server drew, filters, and where "play now" leads.

import { Connection } from "./connection.js";
import { find, h, setHidden, setText } from "./dom.js";
import { won } from "./format.js";
import { t } from "./i18n.js";

const rows = new Map([...document.querySelectorAll("[data-table]")].map((row) => [Number(row.dataset.table), row]));
const filters = find("#filters");
const summaries = new Map();

function show(summary) {
  const row = rows.get(summary.table_id);
  if (!row) return;
  summaries.set(summary.table_id, summary);
  setText(find("[data-field=players]", row), t("lobby.players", summary));
  setText(find("[data-field=pot]", row), summary.average_pot_krw ? won(summary.average_pot_krw) : t("lobby.none"));
  setText(find("[data-field=hands]", row), summary.hands_per_hour ? String(summary.hands_per_hour) : t("lobby.none"));
  const full = summary.players >= summary.seats;
  setText(find(".go a", row), t(full ? "lobby.watch" : "lobby.open"));
  row.classList.toggle("is-busy", summary.players > 0 && !full);
  const taken = (_, index) => h(index < summary.players ? "i.is-taken" : "i");
  find(".dots", row).replaceChildren(...Array.from({ length: summary.seats }, taken));
}

function isWanted(row) {
  const { stake, seats, free } = filters.elements;
  const summary = summaries.get(Number(row.dataset.table));
  return (!stake.value || row.closest("[data-stake]").dataset.stake === stake.value)
    && (!seats.value || row.dataset.seats === seats.value)
    && (!free.checked || !summary || summary.players < summary.seats);
}

function filter() {
  for (const row of rows.values()) setHidden(row, !isWanted(row));
  let any = false;
  for (const section of document.querySelectorAll("[data-stake]")) {
    const shown = section.querySelector("[data-table]:not([hidden])") !== null;
    setHidden(section, !shown);
    any ||= shown;
  }
  setHidden(find("#no-match"), any || rows.size === 0);
}

// A table with a free seat and somebody to play with: bots' tables first, then lower stakes.
function choose() {
  const playable = [...summaries.values()].filter((one) => one.players > 0 && one.players < one.seats);
  const order = [...rows.keys()];
  const rank = (one) => (rows.get(one.table_id).dataset.demo === undefined ? 1e6 : 0) + order.indexOf(one.table_id);
  return playable.sort((a, b) => rank(a) - rank(b))[0];
}

function pointPlayNow() {
  const link = find("#play-now");
  const best = link && choose();
  if (!best) return;
  const target = new URL(find(".go a", rows.get(best.table_id)).href);
  target.hash = new URL(link.href).hash;
  link.href = target.href;
}

const connection = new Connection("/ws/lobby/");
connection.addEventListener("frame", ({ detail: frame }) => {
  if (frame.type !== "lobby" && frame.type !== "lobby_update") return;
  frame.tables.forEach(show);
  filter();
  pointPlayNow();
});
connection.addEventListener("state", () =>
  setText(find("#lobby-state"), connection.state === "online" ? "" : t("connection.offline")));
filters.addEventListener("change", filter);
filters.addEventListener("submit", (event) => event.preventDefault());
