// Questions that need everybody's consent (run it twice, rabbit hunt), and the button that asks
// for a rabbit hunt.

import { find, setDisabled, setHidden, setText } from "../dom.js";
import { seconds } from "../format.js";
import { t } from "../i18n.js";
import { mayRabbitHunt } from "../places.js";

// The question that the own seat has to answer, or null.
export function questionFor(view, mySeat) {
  const choice = view.hand?.choice;
  if (!choice || !mySeat) return null;
  return choice.seats.includes(mySeat.seat) && !choice.agreed.includes(mySeat.seat) ? choice : null;
}

export class ChoiceBar {
  #key = null; #sent = null; #handId = null; #choice = null;

  // `answer(handId, choice, agree)` returns a promise of whether it was done.
  constructor(answer) {
    this.answer = answer;
    this.root = find("#choice");
    this.text = find("p", this.root);
    this.time = find("span", this.root);
    this.buttons = [find("#choice-yes"), find("#choice-no")];
    this.buttons.forEach((button, index) => button.addEventListener("click", () => this.#send(index === 0)));
    this.rabbit = find("#rabbit-hunt");
    this.rabbit.addEventListener("click", () => this.answer(this.#handId, "rabbit_hunt", true));
  }

  update(table) {
    const { view, mySeat } = table;
    this.#handId = view.hand?.hand_id;
    this.#choice = table.online ? questionFor(view, mySeat) : null;
    const declined = table.memory.rabbitDeclined;
    setHidden(this.rabbit, !table.online || !mayRabbitHunt(view, mySeat, declined));
    setHidden(this.root, !this.#choice);
    if (!this.#choice) return void (this.#key = null);
    this.tick(table);
    const key = `${this.#handId} ${this.#choice.choice}`;
    if (key !== this.#key) this.#begin(key);
    this.buttons.forEach((button) => setDisabled(button, this.#sent === key));
  }

  tick(table) {
    if (!this.#choice) return;
    setText(this.time, t("choice.seconds", { seconds: seconds(this.#choice.deadline_ms - table.clock.now()) }));
  }

  // Asked aloud once, for those who do not see the bar.
  #begin(key) {
    this.#key = key;
    const question = t(this.#choice.choice === "run_it_twice" ? "choice.run_it_twice" : "choice.rabbit_hunt");
    setText(this.text, question);
    setText(find("#announce"), question);
  }

  async #send(agree) {
    const key = this.#key;
    if (!this.#choice || this.#sent === key) return;
    this.#sent = key;
    this.buttons.forEach((button) => setDisabled(button, true));
    if (!(await this.answer(this.#handId, this.#choice.choice, agree)) && this.#sent === key) this.#sent = null;
  }
}
