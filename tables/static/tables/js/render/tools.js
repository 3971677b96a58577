// The buttons above the table: sit out, come back, top up, leave, four colours.

import { find, setHidden } from "../dom.js";

const COLOURS = "four-colours";

function showColours(on) {
  document.body.classList.toggle(COLOURS, on);
  find("#colours").setAttribute("aria-pressed", String(on));
}

export class Tools {
  constructor({ onSitOut, onSitIn, onTopUp, onLeave }) {
    this.buttons = Object.fromEntries(["sit-out", "sit-in", "top-up", "leave"].map((id) => [id, find(`#${id}`)]));
    const actions = { "sit-out": onSitOut, "sit-in": onSitIn, "top-up": onTopUp, leave: onLeave };
    for (const [id, button] of Object.entries(this.buttons)) button.addEventListener("click", actions[id]);
    showColours(localStorage.getItem(COLOURS) === "on");
    find("#colours").addEventListener("click", () => {
      const on = !document.body.classList.contains(COLOURS);
      localStorage.setItem(COLOURS, on ? "on" : "off");
      showColours(on);
    });
  }

  update(table) {
    const seat = table.mySeat;
    find("#table").classList.toggle("is-seated", Boolean(seat));
    const settled = seat && seat.status !== "reserved" && !seat.leaving;
    setHidden(this.buttons["sit-out"], !settled || seat.status !== "active");
    setHidden(this.buttons["sit-in"], !settled || seat.status !== "sitting_out" || seat.stack_krw === 0);
    setHidden(this.buttons["top-up"], !settled || seat.stack_krw >= table.view.config.max_buy_in_krw);
    setHidden(this.buttons.leave, !settled);
  }
}
