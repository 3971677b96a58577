// The lobby page: live figures in the rows the server drew, filters, and where "play now" leads.

import { Connection } from "./connection.js";
import { find, h, setHidden, setText } from "./dom.js";
import { won } from "./format.js";
import { t } from "./i18n.js";

const RENEW_MS = 60_000;
const AT_MOST_EVERY_MS = 3_000;
const rows = new Map();
const filters = find("#filters");
const summaries = new Map();

function show(summary) {
  summaries.set(summary.table_id, summary);
  const row = rows.get(summary.table_id);
  if (!row) return isNew(summary.table_id) && renew();
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
  const playable = [...summaries.values()].filter((one) => rows.has(one.table_id) && one.players > 0 && one.players < one.seats);
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

function findRows() {
  rows.clear();
  for (const row of document.querySelectorAll("[data-table]")) rows.set(Number(row.dataset.table), row);
}

// Tables open and close by themselves: now and then the server draws the rows anew, and soon when a
// table is heard of that is not on the page.
let renewal = 0;
const missing = new Set();

// A table that stays away, because it is closing, is asked for once.
function isNew(tableId) {
  return !missing.has(tableId) && missing.add(tableId);
}

function renew() {
  renewal ||= setTimeout(async () => {
    renewal = 0;
    if (!document.hidden) await fetchRows();
  }, AT_MOST_EVERY_MS);
}

async function fetchRows() {
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    find("#stakes").replaceWith(document.adoptNode(find("#stakes", page)));
  } catch {
    return; // the connection line tells
  }
  findRows();
  for (const summary of summaries.values()) if (rows.has(summary.table_id)) show(summary);
  filter();
}

findRows();
setInterval(renew, RENEW_MS);

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
