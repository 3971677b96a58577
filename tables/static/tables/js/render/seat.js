// One seat: who sits there, the stack, the cards, what they did, and whether they are asked.

import { h, setDisabled, setHidden, setText } from "../dom.js";
import { signedWon, won } from "../format.js";
import { t } from "../i18n.js";
import { CardRow } from "./cards.js";

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
    this.bar = h("i.seat-bar", { "aria-hidden": "true" });
    this.button = h("span.dealer", { role: "img", "aria-label": t("seat.dealer"), title: t("seat.dealer") }, "D");
    this.pod = h("div.pod", {}, this.name, this.stack, this.bar);
    this.sit = h("button.seat-sit", { type: "button", "aria-label": t("seat.sit_label", { number: number + 1 }), onclick: () => onSit(number) });
    this.root = h("li.seat", { "data-seat": number }, this.cardsRoot, this.pod, this.bot, this.note, this.time, this.button, this.sit);
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
      setText(this.sit, table.canSit ? t("seat.sit") : t("seat.free"));
      setDisabled(this.sit, !table.canSit);
      return;
    }
    setText(this.name, seat.nickname);
    setText(this.stack, seat.status === "reserved" ? "…" : won(seat.stack_krw));
    this.cards.update(this.#cardsOf(seat, table, handRuns));
    this.#say(seat, table, handRuns);
  }

  #shape(seat, table, hand, handRuns) {
    const classes = this.root.classList;
    const mine = seat !== undefined && table.mySeat?.seat === this.number;
    classes.toggle("is-free", !seat);
    classes.toggle("is-mine", mine);
    classes.toggle("is-turn", Boolean(handRuns && hand.turn?.seat === this.number));
    classes.toggle("is-folded", Boolean(seat?.in_hand && seat.folded));
    classes.toggle("is-out", Boolean(seat && seat.status !== "active"));
    classes.toggle("is-winner", Boolean(seat) && table.memory.wins.has(this.number));
    setHidden(this.sit, Boolean(seat));
    setHidden(this.bot, !seat?.is_bot);
    setHidden(this.pod, !seat);
    const button = hand ? hand.button_seat : table.view.button_seat;
    setHidden(this.button, button !== this.number || !hand);
  }

  #cardsOf(seat, table, handRuns) {
    if (!seat.in_hand) return [];
    if (seat.cards) return seat.cards;
    if (table.mySeat?.seat === seat.seat && table.myCards) return table.myCards;
    return seat.folded || (!handRuns && seat.seat !== table.mySeat?.seat) ? [] : [null, null];
  }

  #say(seat, table, handRuns) {
    const { text, kind } = this.#noteOf(seat, table, handRuns);
    setText(this.note, text);
    this.note.dataset.kind = kind;
    setHidden(this.note, !text);
  }

  #noteOf(seat, table, handRuns) {
    const win = table.memory.wins.get(seat.seat);
    if (win) return { text: signedWon(win), kind: "win" };
    if (seat.status === "reserved") return { text: t("seat.reserved"), kind: "quiet" };
    if (handRuns && seat.all_in) return { text: t("action.all_in"), kind: "all_in" };
    const action = table.memory.actions.get(seat.seat);
    if (handRuns && seat.in_hand && action) return { text: t(`action.${action}`), kind: action };
    if (seat.leaving) return { text: t("seat.leaving"), kind: "quiet" };
    if (!seat.connected) return { text: t("seat.offline"), kind: "quiet" };
    if (seat.status === "sitting_out") return { text: t("seat.out"), kind: "quiet" };
    if (handRuns && !seat.in_hand) return { text: t("seat.waiting"), kind: "quiet" };
    return { text: "", kind: "quiet" };
  }
}
