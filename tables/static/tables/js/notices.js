// What a player is told about the own seat: where chips went, and why something did not work.

import { refreshBalance } from "./balance.js";
import { find, setText } from "./dom.js";
import { won } from "./format.js";
import { errorText, t } from "./i18n.js";
import { toast } from "./render/toast.js";

const CASH_OUT_MS = 2_000;

function refreshSoon() {
  refreshBalance();
  setTimeout(refreshBalance, CASH_OUT_MS);
}

// Not by own wish: somebody sits there, or it is kept for somebody.
function moveFailed(event, before) {
  const to = before.seats.find((seat) => seat.seat === event.seat).moves_to;
  const taken = [...before.seats, ...before.waiting].some((one) => one.seat === to);
  if (taken) toast(t("move.taken", { number: to + 1 }), "error");
}

const NOTICES = {
  seat_left: (event) => {
    toast(event.stack_krw ? t("left.notice", { amount: won(event.stack_krw) }) : t("left.nothing"), "success");
    refreshSoon();
  },
  leave_requested: () => toast(t("left.requested")),
  seat_taken: refreshSoon,
  reservation_cancelled: (event) => (toast(errorText(event.reason, t("sit.refused")), "error"), refreshSoon()),
  top_up_cancelled: (event) => (toast(errorText(event.reason, t("top_up.refused")), "error"), refreshSoon()),
  top_up_confirmed: (event) => (toast(t("top_up.paid", { amount: won(event.amount_krw) }), "success"), refreshSoon()),
  top_up_returned: (event) => (toast(t("top_up.returned", { amount: won(event.amount_krw) })), refreshSoon()),
  chips_added: (event) => toast(t("top_up.added", { amount: won(event.amount_krw) }), "success"),
  player_sat_out: (event) => event.reason in { timed_out: 1, busted: 1 } && toast(t(`sat_out.${event.reason}`), "error"),
  seat_changed: (event) => toast(t("move.done", { number: event.to_seat + 1 }), "success"),
  seat_change_cancelled: (event, before) => moveFailed(event, before),
  seat_offered: () => (toast(t("wait.seat_kept"), "success"), setText(find("#announce"), t("wait.seat_kept"))),
  waiting_list_left: (event) => event.reason === "expired" && toast(t("wait.expired"), "error"),
  extra_time_started: (event) => event.kind === "time_bank" && setText(find("#announce"), t("say.time_bank")),
  turn_started: (event) => setText(find("#announce"),
    event.call_krw ? t("say.your_turn", { amount: won(event.call_krw) }) : t("say.your_turn_free")),
};

// Called for every new public event; tells those of the player's own seat, or of the own wait.
export function tellOwn(event, before, after, userId) {
  const notice = NOTICES[event.type];
  if (!notice) return;
  const own = "user_id" in event ? event.user_id === userId : [before, after].some((view) =>
    view.seats.some((seat) => seat.seat === event.seat && seat.user_id === userId));
  if (own) notice(event, before);
  else if (event.type === "turn_started") setText(find("#announce"), "");
}
