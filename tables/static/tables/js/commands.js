// What a visitor asks of the table: dialogs first where something has to be chosen, then the
// request; a refusal is shown.

import { refreshBalance } from "./balance.js";
import { buyInRange } from "./buyin.js";
import { find } from "./dom.js";
import { won } from "./format.js";
import { errorText, t } from "./i18n.js";
import { toast } from "./render/toast.js";

// What has become pointless by itself is no news: the page shows what holds now.
const SETTLED = new Set(["stale_amount", "your_turn", "nothing_due", "already_answered", "hand_over", "stale_turn"]);

export class Commands {
  constructor({ tableId, connection, store, dialogs }) {
    Object.assign(this, { tableId, connection, store, dialogs });
  }

  // Resolves with whether it was done.
  async send(type, fields = {}, { quiet = false } = {}) {
    try {
      await this.connection.request(type, fields);
      return true;
    } catch (error) {
      if (!quiet || !SETTLED.has(error.code)) toast(errorText(error.code, error.message), "error");
      return false;
    }
  }

  act(turn, handId, action, toKrw) {
    return this.send("act", { hand_id: handId, turn, action, ...(toKrw === undefined ? {} : { to_krw: toKrw }) });
  }

  plan(handId, fields) {
    return this.send("pre_act", { hand_id: handId, ...fields }, { quiet: true });
  }

  cancelPlan() {
    return this.send("cancel_pre_act", {}, { quiet: true });
  }

  answer(handId, choice, agree) {
    return this.send("answer", { hand_id: handId, choice, agree }, { quiet: true });
  }

  async sitDown(seat) {
    const { config } = this.store.view;
    const { min, max, note } = await buyInRange(this.tableId, config);
    const buyIn = await this.dialogs.askAmount({
      title: t("sit.title", { number: seat + 1 }), min, max, preferred: max, step: config.big_blind_krw, note, sits: true,
      refuse: (amount, balance) => toast(t("sit.no_money", { amount: won(amount), balance: won(balance) }), "error"),
    });
    if (buyIn === null) return;
    const post = this.dialogs.waitForBlind.checked ? {} : { post_blinds: true };
    if (await this.send("sit", { seat, buy_in_krw: buyIn, ...post })) refreshBalance();
  }

  async topUp() {
    const { max_buy_in_krw: max, big_blind_krw: step } = this.store.view.config;
    const seat = this.store.mySeat();
    const most = max - seat.stack_krw - seat.top_up_krw;
    if (most <= 0) return toast(t("top_up.none"));
    const amount = await this.dialogs.askAmount({
      title: find("#top-up").textContent, min: Math.min(most, step), max: most, preferred: most, step,
      refuse: () => toast(errorText("insufficient_funds"), "error"),
    });
    if (amount !== null && (await this.send("top_up", { amount_krw: amount }))) refreshBalance();
  }

  async leave() {
    const seat = this.store.mySeat();
    if (await this.dialogs.confirmLeave(seat.stack_krw, this.#plays() && !seat.folded)) this.send("leave");
  }

  // To another seat; the seat one already moves to takes the wish back.
  async changeSeat(number) {
    const seat = this.store.mySeat();
    if (seat.moves_to === number) return this.send("change_seat", { seat: seat.seat }, { quiet: true });
    const title = t("move.title", { number: number + 1 });
    if (await this.dialogs.confirmMove(title, this.#plays())) this.send("change_seat", { seat: number });
  }

  #plays() {
    const { hand } = this.store.view;
    return Boolean(hand && !hand.finished && this.store.mySeat()?.in_hand);
  }
}
