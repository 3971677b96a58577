// What the label at a seat says, the most urgent thing first. Pure.

import { minutes, signedWon } from "../format.js";
import { t } from "../i18n.js";
import { debtOf } from "../places.js";

const quiet = (text, title = "") => ({ text, kind: "quiet", title });

// {text, kind, title}; `title` says the same at length.
export function noteOf(seat, table) {
  const { view, memory } = table;
  const hand = view.hand;
  const handRuns = Boolean(hand && !hand.finished);
  const win = memory.wins.get(seat.seat);
  if (win) return { text: signedWon(win), kind: "win", title: "" };
  if (seat.status === "reserved") return quiet(t("seat.reserved"));
  return (handRuns && seat.in_hand && playing(seat, hand, memory)) || away(seat, table, handRuns) || quiet("");
}

function playing(seat, hand, memory) {
  if (hand.turn?.seat === seat.seat && hand.turn.extra_time) return extraTime(hand.turn.extra_time);
  if (seat.all_in) return { text: t("action.all_in"), kind: "all_in", title: "" };
  const action = memory.actions.get(seat.seat);
  if (action) return { text: t(`action.${action}`), kind: action, title: "" };
  const straddles = hand.straddle_seat === seat.seat && hand.street === "preflop";
  return straddles ? { text: t("seat.straddle"), kind: "raise", title: "" } : null;
}

function extraTime(kind) {
  if (kind === "time_bank") return { text: t("seat.time_bank"), kind: "time", title: "" };
  return { text: t("seat.disconnect"), kind: "time", title: t("seat.disconnect_long") };
}

function away(seat, table, handRuns) {
  if (seat.leaving) return quiet(t("seat.leaving"));
  if (seat.moves_to !== null) {
    const number = seat.moves_to + 1;
    return quiet(t("seat.moving", { number }), t("seat.moving_long", { number }));
  }
  if (!seat.connected) return quiet(t("seat.offline"));
  const debt = debtOf(table.view, seat);
  if (seat.status === "sitting_out") return sittingOut(seat, table, debt);
  if (debt) return quiet(t(`seat.${debt}`), t(debt === "new" ? "seat.new_long" : "seat.owes_long"));
  return handRuns && !seat.in_hand ? quiet(t("seat.waiting")) : null;
}

function sittingOut(seat, table, debt) {
  if (seat.removed_at_ms === null) return quiet(t("seat.out"));
  const time = minutes(seat.removed_at_ms - table.clock.now());
  return quiet(t("seat.out_for", { time }), t(debt ? "seat.out_owes" : "seat.out_long", { time }));
}
