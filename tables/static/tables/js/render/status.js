// The line where the buttons are when it is not one's turn: what is going on, and what one can do.

import { find, setHidden, setText } from "../dom.js";
import { seconds } from "../format.js";
import { t } from "../i18n.js";
import { namesFrom } from "../sentences.js";

function mine(seat, table) {
  const hand = table.view.hand;
  const handRuns = hand && !hand.finished;
  if (seat.status === "reserved") return t("state.reserved");
  if (seat.leaving) return t("state.leaving");
  if (seat.stack_krw === 0 && !(handRuns && seat.in_hand)) return t("state.no_chips");
  if (seat.status === "sitting_out") return t("state.sitting_out");
  if (!handRuns) return null;
  if (!seat.in_hand) return t("state.dealt_next");
  if (seat.folded) return t("state.folded");
  return seat.all_in ? t("state.all_in") : null;
}

function general(table) {
  const turn = table.view.hand?.turn;
  if (table.view.closed) return t("state.closed");
  if (turn) return t("turn.theirs", { name: namesFrom(table.view)(turn.seat) });
  if (table.view.next_hand_at_ms !== null) {
    const left = seconds(table.view.next_hand_at_ms - table.clock.now());
    return left > 0 ? t("state.next_hand", { seconds: left }) : "";
  }
  return table.view.hand && !table.view.hand.finished ? "" : t("state.waiting");
}

export class Status {
  constructor(onSitAny) {
    this.root = find("#status");
    this.line = find("p", this.root);
    this.sitAny = find("#sit-any");
    this.sitAny?.addEventListener("click", onSitAny);
  }

  // Called for every change, and each second for the countdowns.
  update(table) {
    setHidden(this.root, Boolean(table.myTurn && table.online));
    const free = table.view.seats.length < table.view.config.seats;
    if (this.sitAny) setHidden(this.sitAny, !table.canSit || !free);
    setText(this.line, this.#text(table, free));
  }

  // While there is no table to speak of.
  say(text) {
    setText(this.line, text);
  }

  #text(table, free) {
    if (table.mySeat) return mine(table.mySeat, table) ?? general(table);
    if (table.view.closed) return t("state.closed");
    return t(free ? "state.watching" : "state.full");
  }
}
