// Dialogs: how many chips to bring, whether to leave, whether to move.

import { refreshBalance } from "../balance.js";
import { find, setHidden, setText } from "../dom.js";
import { won } from "../format.js";
import { AmountChooser, showEnds } from "./amount.js";

function ask(dialog) {
  return new Promise((resolve) => {
    dialog.returnValue = "cancel";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "ok"), { once: true });
    dialog.showModal();
  });
}

export class Dialogs {
  constructor() {
    this.amountDialog = find("#amount-dialog");
    this.leaveDialog = find("#leave-dialog");
    this.moveDialog = find("#move-dialog");
    this.waitForBlind = find("#wait-for-blind");
    this.balanceKrw = 0;
    this.amount = new AmountChooser(find("#amount-range"), find("#amount-number"), (value) => this.#show(value));
    // Enter means the first button that submits: the cancelling ones are none.
    for (const button of document.querySelectorAll("dialog [data-close]")) {
      button.addEventListener("click", () => button.closest("dialog").close("cancel"));
    }
  }

  // Resolves with the chosen amount, or null. `refuse(min, balance)` is told when too poor;
  // `note` explains the range; `sits`: whether it is a buy-in, which may wait for the big blind.
  async askAmount({ title, min, max, preferred, step, refuse, note = "", sits = false }) {
    this.balanceKrw = await refreshBalance();
    const most = Math.min(max, this.balanceKrw);
    if (most < min) {
      refuse(min, this.balanceKrw);
      return null;
    }
    setText(find("#amount-title"), title);
    setText(find("#amount-note"), note);
    setHidden(find("#amount-note"), !note);
    setHidden(find("#wait-for-blind-field"), !sits);
    setText(find("#amount-balance"), won(this.balanceKrw));
    showEnds(find("#amount-min"), find("#amount-max"), min, most, won);
    this.amount.limit(min, most, step, preferred);
    return (await ask(this.amountDialog)) ? this.amount.value : null;
  }

  async confirmLeave(stackKrw, inHand) {
    setText(find("#leave-stack"), won(stackKrw));
    setHidden(find("#leave-in-hand"), !inHand);
    return ask(this.leaveDialog);
  }

  async confirmMove(title, inHand) {
    setText(find("#move-title"), title);
    setHidden(find("#move-in-hand"), !inHand);
    return ask(this.moveDialog);
  }

  #show(value) {
    setText(find("#amount-output"), won(value));
    setText(find("#amount-after"), won(this.balanceKrw - value));
  }
}
