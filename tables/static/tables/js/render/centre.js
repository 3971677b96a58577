// The middle of the table: pots, the board or both boards, and who won or what is waited for.

import { find, h, setHidden, setText } from "../dom.js";
import { won } from "../format.js";
import { t } from "../i18n.js";
import { namesFrom } from "../sentences.js";
import { CardRow } from "./cards.js";

const PLACES = 5;

function filled(cards) {
  return Array.from({ length: PLACES }, (_, index) => cards[index] ?? "");
}

export class Centre {
  constructor(root) {
    this.root = root;
    this.potsRoot = find("#pots", root);
    this.boardRoot = find("#board", root);
    this.board = new CardRow(this.boardRoot);
    this.secondRow = find("#second-row", root);
    this.second = new CardRow(find("#second-board", root));
    this.firstLabel = find("#first-label", root);
    this.rabbit = find("#rabbit", root);
    this.verdict = find("#verdict", root);
  }

  update(table) {
    const hand = table.view.hand;
    this.#updateBoards(hand);
    this.#updatePots(hand);
    setText(this.verdict, this.#verdictOf(table, hand));
    this.verdict.classList.toggle("is-win", table.memory.awards.length > 0);
  }

  // Cards of a rabbit hunt stand where they would have come, dimmed: they were never in play.
  #updateBoards(hand) {
    const board = hand?.board ?? [];
    const rabbit = hand?.rabbit ?? [];
    const second = hand?.second_board ?? [];
    this.board.update(filled([...board, ...rabbit]));
    [...this.boardRoot.children].forEach((card, index) =>
      card.classList.toggle("card-rabbit", index >= board.length && index < board.length + rabbit.length));
    setHidden(this.rabbit, rabbit.length === 0);
    this.second.update(second.length ? filled(second) : []);
    setHidden(this.secondRow, second.length === 0);
    setHidden(this.firstLabel, second.length === 0);
    this.root.classList.toggle("is-twice", second.length > 0);
  }

  // Side pots are named as soon as there is more than one.
  #updatePots(hand) {
    const texts = hand && hand.pot_krw > 0 ? [t("pot.total", { amount: won(hand.pot_krw) })] : [];
    if (hand && hand.pots.length > 1) {
      hand.pots.forEach((pot, index) => texts.push(t(index ? "pot.side" : "pot.main", { amount: won(pot.amount_krw) })));
    }
    const bomb = Boolean(hand?.bomb_pot);
    if (`${bomb}|${texts.join("|")}` === this.shownPots) return;
    this.shownPots = `${bomb}|${texts.join("|")}`;
    const pots = texts.map((text, index) => h(index ? "span.pot.pot-part" : "span.pot", {}, text));
    this.potsRoot.replaceChildren(...(bomb ? [h("span.pot.pot-bomb", {}, t("pot.bomb"))] : []), ...pots);
  }

  #verdictOf(table, hand) {
    const { memory } = table;
    const name = namesFrom(table.view);
    if (memory.awards.length) return memory.twice ? this.#boardsOf(memory, name) : this.#winsOf(memory, name);
    if (table.view.closed) return t("state.closed");
    if (hand && !hand.finished) return "";
    return table.view.next_hand_at_ms === null ? t("state.waiting") : "";
  }

  #winsOf(memory, name) {
    const hands = new Map(memory.awards.map((award) => [award.seat, award.hand]));
    return [...memory.wins].map(([seat, amountKrw]) => {
      const best = hands.get(seat);
      return t(best ? "win.line_with" : "win.line", { name: name(seat), amount: won(amountKrw), hand: t(`hand.${best}`) });
    }).join(" · ");
  }

  // A line for each board.
  #boardsOf(memory, name) {
    return [1, 2].map((number) => {
      const sums = new Map();
      for (const { board, seat, amountKrw } of memory.awards) {
        if (board === number) sums.set(seat, (sums.get(seat) ?? 0) + amountKrw);
      }
      const winners = [...sums].map(([seat, amountKrw]) => `${name(seat)} ${won(amountKrw)}`).join(", ");
      return t("win.board", { number, winners });
    }).join("\n");
  }
}
