// The buttons of a turn: fold, check or call, raise to an amount. They say exactly what they do.

import { find, setDisabled, setHidden, setText } from "../dom.js";
import { won } from "../format.js";
import { t } from "../i18n.js";
import { isBet, raiseSizes } from "../raises.js";
import { AmountChooser } from "./amount.js";

export class Actions {
  #turnKey = null; #sentKey = null; #turn = null; #sizes = null; #isBet = false;

  // `act(turn, hand_id, action, to_krw)` returns a promise of the answer.
  constructor(act) {
    this.act = act;
    this.form = find("#actions");
    this.raiseBox = find("#raise");
    [this.fold, this.call, this.raise] = ["#fold", "#call", "#raise-button"].map((id) => find(id));
    this.amount = new AmountChooser(find("#raise-range"), find("#raise-number"), () => this.#label());
    this.fold.addEventListener("click", () => this.#send("fold"));
    this.call.addEventListener("click", () => this.#send(this.#turn?.call_krw ? "call" : "check"));
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.#sendRaise()));
    this.form.querySelectorAll("[data-preset]").forEach((button) =>
      button.addEventListener("click", () => this.#sizes && this.amount.set(this.#sizes[button.dataset.preset])));
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  update(table) {
    this.#turn = table.online ? table.myTurn : null;
    setHidden(this.form, !this.#turn);
    if (!this.#turn) return;
    this.handId = table.view.hand.hand_id;
    const key = `${this.handId} ${this.#turn.turn}`;
    if (key !== this.#turnKey) this.#begin(key, table);
    this.#allow(key === this.#sentKey);
  }

  #begin(key, table) {
    this.#turnKey = key;
    const seat = table.mySeat;
    this.#isBet = isBet(table.view);
    this.#sizes = raiseSizes(this.#turn, table.view.hand.pot_krw, seat.bet_krw);
    const call = this.#turn.call_krw;
    const callText = call >= seat.stack_krw ? "action.call_all_in" : "action.call_amount";
    setText(this.call, call ? t(callText, { amount: won(call) }) : t("action.check"));
    this.fold.title = call ? "" : t("action.fold_free");
    setHidden(this.raiseBox, !this.#sizes || this.#sizes.min === this.#sizes.max);
    setHidden(this.raise, !this.#sizes);
    if (!this.#sizes) return;
    this.amount.limit(this.#sizes.min, this.#sizes.max, table.view.config.big_blind_krw, this.#sizes.min);
  }

  #allow(sent) {
    setDisabled(this.fold, sent || !this.#turn.call_krw);
    for (const button of [this.call, this.raise]) setDisabled(button, sent);
  }

  #label() {
    const amount = won(this.amount.value);
    if (this.amount.value === this.amount.max) setText(this.raise, t("action.all_in_amount", { amount }));
    else setText(this.raise, t(this.#isBet ? "action.bet_amount" : "action.raise_amount", { amount }));
  }

  #sendRaise() {
    if (this.#sizes && this.form.reportValidity()) this.#send("raise", this.amount.value);
  }

  async #send(action, toKrw) {
    if (!this.#turn || this.#sentKey === this.#turnKey) return;
    if (action === "fold" && !this.#turn.call_krw) return;
    const key = (this.#sentKey = this.#turnKey);
    this.#allow(true);
    const done = await this.act(this.#turn.turn, this.handId, action, toKrw);
    if (!done && this.#sentKey === key) {
      this.#sentKey = null;
      if (this.#turn) this.#allow(false);
    }
  }

  #key(event) {
    if (!this.#turn || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input:not([type=range]), textarea, dialog")) return;
    const keys = { f: () => this.#send("fold"), c: () => this.call.click(), r: () => this.#sendRaise(),
      ArrowUp: () => this.#sizes && this.amount.stepBy(1), ArrowDown: () => this.#sizes && this.amount.stepBy(-1) };
    const run = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!run || (event.key.startsWith("Arrow") && event.target.closest("ol, [role=tab], input"))) return;
    event.preventDefault();
    run();
  }
}
