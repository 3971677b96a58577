// The middle of the table: pots, board, and who won or what is waited for.

import { h, setText } from "../dom.js";
import { won } from "../format.js";
import { t } from "../i18n.js";
import { namesFrom } from "../sentences.js";
import { CardRow } from "./cards.js";

export class Centre {
  constructor(potsRoot, boardRoot, verdict) {
    this.potsRoot = potsRoot;
    this.board = new CardRow(boardRoot);
    this.verdict = verdict;
  }

  update(table) {
    const hand = table.view.hand;
    const board = hand ? hand.board : [];
    this.board.update(Array.from({ length: 5 }, (_, index) => board[index] ?? ""));
    this.#updatePots(hand);
    setText(this.verdict, this.#verdictOf(table, hand));
    this.verdict.classList.toggle("is-win", table.memory.awards.length > 0);
  }

  // Side pots are named as soon as there is more than one.
  #updatePots(hand) {
    const texts = hand && hand.pot_krw > 0 ? [t("pot.total", { amount: won(hand.pot_krw) })] : [];
    if (hand && hand.pots.length > 1) {
      hand.pots.forEach((pot, index) => texts.push(t(index ? "pot.side" : "pot.main", { amount: won(pot.amount_krw) })));
    }
    if (texts.join("|") === this.shownPots) return;
    this.shownPots = texts.join("|");
    this.potsRoot.replaceChildren(...texts.map((text, index) => h(index ? "span.pot.pot-part" : "span.pot", {}, text)));
  }

  #verdictOf(table, hand) {
    const name = namesFrom(table.view);
    if (table.memory.awards.length) {
      const hands = new Map(table.memory.awards.map((award) => [award.seat, award.hand]));
      return [...table.memory.wins].map(([seat, amountKrw]) => {
        const best = hands.get(seat);
        return t(best ? "win.line_with" : "win.line", { name: name(seat), amount: won(amountKrw), hand: t(`hand.${best}`) });
      }).join(" · ");
    }
    if (table.view.closed) return t("state.closed");
    if (hand && !hand.finished) return "";
    return table.view.next_hand_at_ms === null ? t("state.waiting") : "";
  }
}
