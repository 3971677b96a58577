// The line where the buttons are when it is not one's turn: what is going on, and what one can do.

import { find, setHidden, setText } from "../dom.js";
import { minutes, seconds } from "../format.js";
import { t } from "../i18n.js";
import { debtOf } from "../places.js";
import { namesFrom } from "../sentences.js";

function mine(seat, table) {
  const hand = table.view.hand;
  const handRuns = hand && !hand.finished;
  if (seat.status === "reserved") return t("state.reserved");
  if (seat.leaving) return t("state.leaving");
  if (seat.stack_krw === 0 && !(handRuns && seat.in_hand)) return t("state.no_chips");
  if (seat.status === "sitting_out") return sittingOut(seat, table);
  if (hand?.choice) return null;
  if (seat.moves_to !== null) return t("state.moves", { number: seat.moves_to + 1 });
  const playsNow = handRuns && seat.in_hand;
  if (!playsNow && debtOf(table.view, seat)) {
    return t(table.options.post_blinds ? "state.posts_next" : "state.waits_for_blind");
  }
  if (!handRuns) return null;
  if (!seat.in_hand) return t("state.dealt_next");
  if (seat.folded) return t("state.folded");
  return seat.all_in ? t("state.all_in") : null;
}

function sittingOut(seat, table) {
  if (seat.removed_at_ms === null) return t("state.sitting_out");
  return t("state.out_until", { time: minutes(seat.removed_at_ms - table.clock.now()) });
}

function general(table) {
  const hand = table.view.hand;
  const turn = hand?.turn;
  if (table.view.closed) return t("state.closed");
  if (hand?.choice) return t("choice.others", { seconds: seconds(hand.choice.deadline_ms - table.clock.now()) });
  if (turn) return t("turn.theirs", { name: namesFrom(table.view)(turn.seat) });
  if (table.view.next_hand_at_ms !== null) {
    const left = seconds(table.view.next_hand_at_ms - table.clock.now());
    return left > 0 ? t("state.next_hand", { seconds: left }) : "";
  }
  return hand && !hand.finished ? "" : t("state.waiting");
}

function watching(table) {
  const { view, myWait, free } = table;
  if (view.closed) return t("state.closed");
  if (myWait && myWait.seat !== null) {
    const left = seconds(myWait.deadline_ms - table.clock.now());
    return t("wait.offered", { number: myWait.seat + 1, seconds: left });
  }
  if (myWait) return t("wait.place", { place: myWait.place, count: view.waiting.length });
  if (free.length) return t("state.watching");
  return view.waiting.length ? t("wait.many", { count: view.waiting.length }) : t("state.full");
}

export class Status {
  constructor({ onSit, onJoin, onLeave }) {
    this.root = find("#status");
    this.line = find("p", this.root);
    this.sit = find("#sit-any");
    this.join = find("#wait-join");
    this.leave = find("#wait-leave");
    this.sit?.addEventListener("click", onSit);
    this.join?.addEventListener("click", onJoin);
    this.leave?.addEventListener("click", onLeave);
  }

  // Called for every change, and each second for the countdowns.
  update(table) {
    const { canSit, myWait, free, asked } = table;
    setHidden(this.root, Boolean((table.myTurn && table.online) || asked));
    setText(this.line, table.mySeat ? mine(table.mySeat, table) ?? general(table) : watching(table));
    if (!this.sit) return;
    setHidden(this.sit, !canSit || free.length === 0);
    setText(this.sit, t(myWait && myWait.seat !== null ? "seat.sit" : "sit.any"));
    setHidden(this.join, !canSit || free.length > 0 || Boolean(myWait));
    setHidden(this.leave, !myWait || !table.online);
  }

  // While there is no table to speak of.
  say(text) {
    setText(this.line, text);
  }
}
