// The balance in the page's header.

import { won } from "./format.js";

const ADDRESS = "/api/v1/me/";

// Asks the server for the balance and shows it. Returns it, or the last known one.
export async function refreshBalance() {
  const element = document.querySelector("[data-balance]");
  if (!element) return 0;
  try {
    const answer = await fetch(ADDRESS, { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const { balance_krw: balanceKrw } = await answer.json();
      element.dataset.balance = balanceKrw;
      element.textContent = won(balanceKrw);
    }
  } catch {
    // Without a network the last known balance stays; the connection line tells the rest.
  }
  return Number(element.dataset.balance);
}
