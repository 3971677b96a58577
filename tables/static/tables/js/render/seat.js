// One seat: who sits there, the stack, the cards, what they did, and whether they are asked.

import { h, setDisabled, setHidden, setText } from "../dom.js";
import { seconds, won } from "../format.js";
import { t } from "../i18n.js";
import { CardRow } from "./cards.js";
import { noteOf } from "./notes.js";

export class Seat {
  constructor(number, onSit) {
    this.number = number;
    this.cardsRoot = h("div.seat-cards");
    this.cards = new CardRow(this.cardsRoot);
    this.note = h("span.seat-note");
    this.name = h("span.seat-name");
    this.bot = h("span.badge.seat-bot", {}, "BOT");
    this.stack = h("span.seat-stack.number");
    this.time = h("span.seat-time", { "aria-hidden": "true" });
    this.bank = h("span.seat-bank", { hidden: true });
    this.bar = h("i.seat-bar", { "aria-hidden": "true" });
    this.button = h("span.dealer", { role: "img", "aria-label": t("seat.dealer"), title: t("seat.dealer") }, "D");
    this.pod = h("div.pod", {}, this.name, this.stack, this.bar);
    this.sit = h("button.seat-sit", { type: "button", onclick: () => onSit(number) });
    this.root = h("li.seat", { "data-seat": number }, this.cardsRoot, this.pod, this.bot, this.note, this.bank, this.time, this.button, this.sit);
  }

  place({ x, y }) {
    this.root.style.setProperty("--x", x);
    this.root.style.setProperty("--y", y);
  }

  update(table) {
    const seat = table.view.seats.find((one) => one.seat === this.number);
    const hand = table.view.hand;
    const handRuns = Boolean(hand && !hand.finished);
    this.#shape(seat, table, hand, handRuns);
    if (!seat) {
      this.cards.update([]);
      setHidden(this.note, true);
      this.#offer(table);
      return;
    }
    setText(this.name, seat.nickname);
    this.name.title = seat.nickname;
    setText(this.stack, seat.status === "reserved" ? "…" : won(seat.stack_krw));
    this.cards.update(this.#cardsOf(seat, table, handRuns));
    this.#say(seat, table);
  }

  // What changes with time alone.
  tick(table) {
    const seat = table.view.seats.find((one) => one.seat === this.number);
    if (seat?.removed_at_ms) this.#say(seat, table);
  }

  #shape(seat, table, hand, handRuns) {
    const classes = this.root.classList;
    const mine = seat !== undefined && table.mySeat?.seat === this.number;
    const turn = handRuns && hand.turn?.seat === this.number ? hand.turn : null;
    classes.toggle("is-free", !seat);
    classes.toggle("is-mine", mine);
    classes.toggle("is-turn", Boolean(turn));
    classes.toggle("is-extra", Boolean(turn?.extra_time));
    classes.toggle("is-folded", Boolean(seat?.in_hand && seat.folded));
    classes.toggle("is-out", Boolean(seat && seat.status !== "active"));
    classes.toggle("is-winner", Boolean(seat) && table.memory.wins.has(this.number));
    setHidden(this.sit, Boolean(seat));
    setHidden(this.bot, !seat?.is_bot);
    setHidden(this.pod, !seat);
    const button = hand ? hand.button_seat : table.view.button_seat;
    setHidden(this.button, button !== this.number || !hand);
    this.#showBank(turn && !turn.extra_time ? seat.time_bank_ms : 0);
  }

  // How much the player whose turn it is has saved up beyond the action clock.
  #showBank(ms) {
    setHidden(this.bank, ms === 0);
    if (!ms) return;
    setText(this.bank, `+${seconds(ms)}`);
    this.bank.title = t("seat.bank", { seconds: seconds(ms) });
  }

  #offer(table) {
    const number = this.number + 1;
    const { text, label, enabled, kind } = offerOf(this.number, table);
    setText(this.sit, t(text, { name: table.kept.get(this.number), number }));
    setDisabled(this.sit, !enabled);
    this.sit.dataset.kind = kind;
    this.sit.setAttribute("aria-label", t(label, { name: table.kept.get(this.number), number }));
  }

  #cardsOf(seat, table, handRuns) {
    if (!seat.in_hand) return [];
    if (seat.cards) return seat.cards;
    if (table.mySeat?.seat === seat.seat && table.myCards) return table.myCards;
    return seat.folded || (!handRuns && seat.seat !== table.mySeat?.seat) ? [] : [null, null];
  }

  #say(seat, table) {
    const { text, kind, title } = noteOf(seat, table);
    setText(this.note, text);
    this.note.dataset.kind = kind;
    if (this.note.title !== title) this.note.title = title;
    setHidden(this.note, !text);
  }
}

// What a free seat offers to this visitor.
function offerOf(number, table) {
  const { kept, canSit, canMove, mySeat, myWait } = table;
  if (kept.has(number)) return { text: "seat.kept", label: "seat.kept_label", enabled: false, kind: "kept" };
  if (canSit) {
    const kind = myWait?.seat === number ? "offered" : "sit";
    return { text: "seat.sit", label: "seat.sit_label", enabled: true, kind };
  }
  if (canMove && mySeat.moves_to === number) {
    return { text: "seat.moving_here", label: "seat.moving_here_label", enabled: true, kind: "chosen" };
  }
  if (canMove) return { text: "seat.move", label: "seat.move_label", enabled: true, kind: "move" };
  return { text: "seat.free", label: "seat.free_label", enabled: false, kind: "free" };
}
