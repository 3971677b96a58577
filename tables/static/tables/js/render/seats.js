// The ring of seats and the bets in front of them.

import { h, setHidden, setText } from "../dom.js";
import { won } from "../format.js";
import { isPortrait, place } from "./layout.js";
import { Seat } from "./seat.js";

export class Seats {
  #count = 0; #layout = ""; #seats = []; #bets = [];

  constructor(stage, list, betsRoot, onSit) {
    this.stage = stage;
    this.list = list;
    this.betsRoot = betsRoot;
    this.onSit = onSit;
    this.observer = new ResizeObserver(() => this.table && this.#arrange());
    this.observer.observe(stage);
  }

  update(table) {
    this.table = table;
    if (table.view.config.seats !== this.#count) this.#build(table.view.config.seats);
    this.#arrange();
    for (const seat of this.#seats) seat.update(table);
    this.#updateBets(table);
  }

  tick(table) {
    for (const seat of this.#seats) seat.tick(table);
  }

  seat(number) {
    return this.#seats[number];
  }

  #build(count) {
    this.#count = count;
    this.#layout = "";
    this.#seats = Array.from({ length: count }, (_, number) => new Seat(number, this.onSit));
    this.#bets = this.#seats.map(() => h("p.bet.number", { hidden: true }, h("i", { "aria-hidden": "true" }), h("span")));
    this.list.replaceChildren(...this.#seats.map((seat) => seat.root));
    this.betsRoot.replaceChildren(...this.#bets);
  }

  #arrange() {
    const portrait = isPortrait(this.stage.clientWidth, this.stage.clientHeight);
    const mine = this.table.mySeat?.seat ?? null;
    const layout = `${this.#count} ${mine} ${portrait}`;
    if (layout === this.#layout) return;
    this.#layout = layout;
    this.stage.classList.toggle("is-portrait", portrait);
    this.stage.dataset.seats = this.#count;
    this.#seats.forEach((seat, number) => {
      const where = place(number, this.#count, mine, portrait);
      seat.place(where);
      this.#bets[number].style.setProperty("--x", where.betX);
      this.#bets[number].style.setProperty("--y", where.betY);
    });
  }

  #updateBets(table) {
    const bets = new Map(table.view.seats.map((seat) => [seat.seat, seat.bet_krw]));
    this.#bets.forEach((element, number) => {
      const amountKrw = bets.get(number) ?? 0;
      setHidden(element, amountKrw === 0);
      if (amountKrw) setText(element.lastChild, won(amountKrw));
    });
  }
}
