// The player's options at this table. Each takes effect at once; what is shown is what the server
// keeps.

import { find, setHidden } from "../dom.js";
import { seconds, won } from "../format.js";
import { t } from "../i18n.js";

export class OptionsDialog {
  // `#pending`: by option, what was changed here and the table has not told of yet. `was`: what it
  // had told until then; `done`: it has said that it is done.
  #table = null; #pending = {};

  // `set(fields)` returns a promise of whether it was done.
  constructor(set) {
    this.set = set;
    this.open = find("#options");
    this.dialog = find("#options-dialog");
    this.form = find("form", this.dialog);
    this.fields = this.form.elements;
    this.topUp = this.fields.auto_top_up_amount;
    this.open.addEventListener("click", () => this.#show());
    this.form.addEventListener("change", (event) => this.#change(event.target));
    this.form.addEventListener("submit", (event) => {
      // Enter in the amount means the amount.
      if (document.activeElement === this.topUp) (event.preventDefault(), this.topUp.blur());
    });
  }

  update(table) {
    this.#table = table;
    const seat = table.mySeat;
    const settled = Boolean(seat && seat.status !== "reserved" && !seat.leaving);
    setHidden(this.open, !settled);
    if (!settled && this.dialog.open) this.dialog.close();
    if (this.dialog.open) this.#fill();
  }

  #show() {
    this.#pending = {};
    this.#fill();
    this.dialog.showModal();
  }

  #fill() {
    const { view: { config, hand }, mySeat } = this.#table;
    const options = this.#optionsNow();
    for (const part of this.form.querySelectorAll("[data-needs]")) setHidden(part, !config[part.dataset.needs]);
    this.fields.post_blinds.value = options.post_blinds ? "yes" : "no";
    this.fields.run_it_twice.value = options.run_it_twice;
    for (const name of ["straddle", "rabbit_hunt", "sit_out_next_big_blind", "leave_after_hand"]) {
      this.fields[name].checked = options[name];
    }
    const plays = Boolean(hand && !hand.finished && mySeat.in_hand);
    this.fields.leave_after_hand.disabled = !plays && !options.leave_after_hand;
    this.#fillTopUp(options.auto_top_up_krw, config.max_buy_in_krw);
    find("#options-bank").textContent = t("seat.bank", { seconds: seconds(mySeat.time_bank_ms) });
  }

  #fillTopUp(amountKrw, most) {
    this.fields.auto_top_up.checked = amountKrw > 0;
    setHidden(find("#auto-top-up-amount"), amountKrw === 0);
    if (document.activeElement !== this.topUp) this.topUp.value = (amountKrw || most).toLocaleString("en-US");
    find("#auto-top-up-most").textContent = won(most);
  }

  async #change(field) {
    const fields = this.#fieldsFor(field);
    const changes = Object.entries(fields).map(([name, value]) => [name, { value, was: this.#table.options, done: false }]);
    for (const [name, change] of changes) this.#pending[name] = change;
    this.#fill();
    const isDone = await this.set(fields);
    for (const [name, change] of changes) {
      change.done = isDone;
      if (!isDone && this.#pending[name] === change) delete this.#pending[name];
    }
    this.#fill();
  }

  #optionsNow() {
    const { options } = this.#table;
    const shown = { ...options };
    for (const [name, { value, was, done }] of Object.entries(this.#pending)) {
      // Told, or told already of something later.
      if (options[name] === value || (done && options !== was)) delete this.#pending[name];
      else shown[name] = value;
    }
    return shown;
  }

  #fieldsFor(field) {
    if (field === this.fields.auto_top_up) return { auto_top_up_krw: field.checked ? this.#amount() : 0 };
    if (field === this.topUp) return { auto_top_up_krw: this.#amount() };
    if (field.name === "post_blinds") return { post_blinds: field.value === "yes" };
    if (field.name === "run_it_twice") return { run_it_twice: field.value };
    return { [field.name]: field.checked };
  }

  // What is typed, within what the table allows.
  #amount() {
    const { big_blind_krw: least, max_buy_in_krw: most } = this.#table.view.config;
    const typed = Number(this.topUp.value.replace(/[^0-9]/g, "")) || most;
    const amount = Math.min(most, Math.max(least, typed));
    this.topUp.value = amount.toLocaleString("en-US");
    return amount;
  }
}
