// An amount that is chosen with a slider and a number field that follow each other.

import { setText } from "../dom.js";
import { won } from "../format.js";
import { t } from "../i18n.js";
import { toast } from "./toast.js";

export class AmountChooser {
  #min = 0; #max = 0; #step = 1; #value = 0;

  constructor(range, field, onChange) {
    this.range = range;
    this.field = field;
    this.onChange = onChange;
    range.addEventListener("input", () => this.set(this.#fromRange()));
    field.addEventListener("input", () => this.#type());
    field.addEventListener("blur", () => field.validity.valid && this.set(this.#value));
    field.addEventListener("focus", () => field.select());
    field.addEventListener("keydown", (event) => this.#nudge(event));
  }

  get value() {
    return this.#value;
  }

  get min() {
    return this.#min;
  }

  get max() {
    return this.#max;
  }

  // The slider moves in steps from the minimum; its right end is the maximum, whatever the step.
  limit(min, max, step, value) {
    this.#min = min;
    this.#max = max;
    this.#step = Math.max(1, step);
    this.range.min = 0;
    this.range.max = Math.max(1, Math.ceil((max - min) / this.#step));
    this.range.disabled = min === max;
    this.set(value);
  }

  set(value) {
    this.#value = Math.round(Math.min(this.#max, Math.max(this.#min, value)));
    this.range.value = Math.ceil((this.#value - this.#min) / this.#step);
    this.range.setAttribute("aria-valuetext", `₩${this.#value.toLocaleString("en-US")}`);
    this.field.value = this.#value.toLocaleString("en-US");
    this.field.setCustomValidity("");
    this.onChange(this.#value);
  }

  stepBy(steps) {
    this.set(this.#value + steps * this.#step);
  }

  #fromRange() {
    const steps = Number(this.range.value);
    return steps === Number(this.range.max) ? this.#max : this.#min + steps * this.#step;
  }

  get #outside() {
    return t("amount.outside", { least: won(this.#min), most: won(this.#max) });
  }

  // What is typed outside the limits does not count, and its form is not sent but says why.
  #type() {
    const typed = Number(this.field.value.replace(/[^0-9]/g, ""));
    const isWithin = typed >= this.#min && typed <= this.#max;
    this.field.setCustomValidity(isWithin ? "" : this.#outside);
    if (!isWithin) return;
    this.#value = typed;
    this.range.value = Math.ceil((typed - this.#min) / this.#step);
    this.onChange(typed);
  }

  // Enter takes what is typed; what the limits do not allow is corrected first, shown and explained.
  #enter(event) {
    const typed = Number(this.field.value.replace(/[^0-9]/g, ""));
    if (typed === this.#value) return;
    event.preventDefault();
    toast(this.#outside);
    this.set(typed);
  }

  #nudge(event) {
    if (event.key === "Enter") return this.#enter(event);
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!direction) return;
    event.preventDefault();
    this.stepBy(direction);
  }
}

export function showEnds(minRoot, maxRoot, min, max, write) {
  setText(minRoot, write(min));
  setText(maxRoot, write(max));
}
