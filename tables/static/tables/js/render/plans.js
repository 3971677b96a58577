// Deciding before one is asked: check/fold, check or call, call any. The server keeps the decision;
// what is pressed is what it says.

import { find, setHidden, setText } from "../dom.js";
import { won } from "../format.js";
import { t } from "../i18n.js";
import { plansFor } from "../planning.js";

const LABELS = { check: "action.check", call: "action.call_amount", call_any: "plan.call_any" };

function label(plan, plans) {
  if (plan.action === "check_fold") return t(plans[1].action === "call" ? "action.fold" : "plan.check_fold");
  return t(LABELS[plan.action], { amount: won(plan.call_krw ?? 0) });
}

export class Plans {
  #plans = []; #handId = null; #planned = null; #waits = false;

  // `plan(handId, fields)` and `cancel()` return promises of the answers.
  constructor({ plan, cancel }) {
    this.plan = plan;
    this.cancel = cancel;
    this.root = find("#plans");
    this.buttons = [...this.root.querySelectorAll("button")];
    this.buttons.forEach((button, index) => button.addEventListener("click", () => this.#press(index)));
  }

  update(table) {
    const { view, mySeat, memory, planned } = table;
    this.#plans = table.online ? plansFor(view, mySeat, memory.actions) : [];
    setHidden(this.root, this.#plans.length === 0);
    if (this.#plans.length === 0) return;
    this.#handId = view.hand.hand_id;
    this.#planned = planned;
    this.#plans.forEach((plan, index) => this.#show(this.buttons[index], plan));
  }

  #show(button, plan) {
    setText(button, label(plan, this.#plans));
    button.dataset.plan = plan.action;
    button.setAttribute("aria-pressed", String(this.#isPlanned(plan)));
  }

  #isPlanned(plan) {
    const planned = this.#planned;
    return Boolean(planned && planned.action === plan.action && (planned.call_krw ?? null) === (plan.call_krw ?? null));
  }

  async #press(index) {
    const plan = this.#plans[index];
    if (!plan || this.#waits) return;
    this.#waits = true;
    await (this.#isPlanned(plan) ? this.cancel() : this.plan(this.#handId, plan));
    this.#waits = false;
  }
}
