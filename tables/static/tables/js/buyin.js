// What one may sit down with: the table's range, or more for who left the stake with more.

import { won } from "./format.js";
import { t } from "./i18n.js";

// {min, max, note}; the table's own range where the server has no answer.
export async function buyInRange(tableId, config) {
  const usual = { min: config.min_buy_in_krw, max: config.max_buy_in_krw, note: "" };
  try {
    const answer = await fetch(`/api/v1/tables/${tableId}/buy-in/`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return usual;
    const range = await answer.json();
    return { min: range.least_krw, max: range.most_krw, note: range.because_of_rathole ? rathole(range) : "" };
  } catch {
    return usual;
  }
}

function rathole({ least_krw: leastKrw, until }) {
  const time = new Date(until).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  return t("sit.rathole", { time, amount: won(leastKrw) });
}
