// Events in words: one function for each kind that is worth a line, by the event's type.
//
// Each gets the event and `name(seat)`, and returns a line or several.

import { t } from "./i18n.js";
import { cardsText, won } from "./format.js";

const act = (key) => (event, name) =>
  t(event.all_in ? `${key}_all_in` : key, { name: name(event.seat), amount: won(event.bet_krw) });
const plain = (key) => (event, name) =>
  t(key, { name: name(event.seat), amount: won(event.amount_krw ?? event.stack_krw ?? 0) });

function potAwarded(event, name) {
  const key = `log.won${event.pot > 0 ? "_side" : ""}${event.hand ? "_with" : ""}`;
  return event.shares.map((share) =>
    t(key, { name: name(share.seat), amount: won(share.amount_krw), hand: t(`hand.${event.hand}`) }));
}

const SENTENCES = {
  hand_started: (event) => t("log.hand_started", { number: event.hand_no }),
  ante_posted: plain("log.ante"),
  blind_posted: (event, name) => plain(`log.${event.kind}_blind`)(event, name),
  player_folded: (event, name) => plain(event.timed_out ? "log.folded_late" : "log.folded")(event, name),
  player_checked: (event, name) => plain(event.timed_out ? "log.checked_late" : "log.checked")(event, name),
  player_called: (event, name) =>
    t(event.all_in ? "log.called_all_in" : "log.called", { name: name(event.seat), amount: won(event.amount_krw) }),
  player_bet: act("log.bet"),
  player_raised: act("log.raised"),
  uncalled_bet_returned: plain("log.uncalled"),
  street_dealt: (event) => t(`log.${event.street}`, { cards: cardsText(event.cards) }),
  hand_shown: (event, name) => t("log.shown", { name: name(event.seat), cards: cardsText(event.cards) }),
  hand_mucked: plain("log.mucked"),
  rake_taken: (event) => (event.amount_krw > 0 ? t("log.rake", { amount: won(event.amount_krw) }) : null),
  pot_awarded: potAwarded,
  hand_voided: () => t("log.voided"),
  seat_taken: plain("log.seated"),
  seat_left: plain("log.left"),
  player_sat_out: plain("log.sat_out"),
  player_sat_in: plain("log.sat_in"),
  chips_added: plain("log.chips_added"),
  player_disconnected: plain("log.disconnected"),
  player_connected: plain("log.connected"),
  table_closed: () => t("log.closed"),
};

// What is new of a hand stands out in the log.
const HEADINGS = new Set(["hand_started"]);
const MARKED = new Set(["pot_awarded", "hand_voided"]);
const STREETS = new Set(["street_dealt"]);

export function kindOf(event) {
  if (HEADINGS.has(event.type)) return "heading";
  if (MARKED.has(event.type)) return "won";
  return STREETS.has(event.type) ? "street" : "line";
}

export function sentences(event, name) {
  const said = SENTENCES[event.type]?.(event, name) ?? [];
  return Array.isArray(said) ? said : [said];
}

// Names of seats from the views around an event; who leaves is only in the one before.
export function namesFrom(...views) {
  return (seat) => {
    for (const view of views) {
      const found = view?.seats.find((one) => one.seat === seat);
      if (found) return found.nickname;
    }
    return t("someone", { number: seat + 1 });
  };
}
