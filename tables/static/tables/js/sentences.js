// Events in words: one function for each kind that is worth a line, by the event's type.
//
// Each gets the event and `tell`: `name(seat)`, `who(userId)`, and whether the hand is run `twice`.
// It returns a line or several.

import { t } from "./i18n.js";
import { cardsText, seconds, won } from "./format.js";

const act = (key) => (event, { name }) =>
  t(event.all_in ? `${key}_all_in` : key, { name: name(event.seat), amount: won(event.bet_krw) });
const plain = (key) => (event, { name }) =>
  t(key, { name: name(event.seat), amount: won(event.amount_krw ?? event.stack_krw ?? 0) });
const ofUser = (key) => (event, { who }) =>
  t(key, { name: who(event.user_id), number: (event.seat ?? 0) + 1 });
const says = (key) => () => t(key);

function handStarted(event) {
  const heading = t("log.hand_started", { number: event.hand_no });
  return event.bomb_pot ? `${heading} · ${t("pot.bomb")}` : heading;
}

function streetDealt(event) {
  return t(event.board === 2 ? "log.second_board" : `log.${event.street}`, { cards: cardsText(event.cards) });
}

function potAwarded(event, { name, twice }) {
  const key = `log.won${event.pot > 0 ? "_side" : ""}${event.hand ? "_with" : ""}`;
  return event.shares.map((share) => {
    const line = t(key, { name: name(share.seat), amount: won(share.amount_krw), hand: t(`hand.${event.hand}`) });
    return twice ? t(event.board === 2 ? "log.second_board_won" : "log.first_board_won", { line }) : line;
  });
}

const WAITING_ENDS = { asked: ofUser("log.waits_no_more"), expired: ofUser("log.seat_not_taken") };

const SENTENCES = {
  hand_started: handStarted,
  ante_posted: plain("log.ante"),
  blind_posted: (event, tell) => plain(`log.${event.kind}_blind`)(event, tell),
  dead_blind_posted: plain("log.dead_blind"),
  blinds_missed: (event, tell) => plain(event.big ? "log.missed_big" : "log.missed_small")(event, tell),
  extra_time_started: (event, tell) =>
    plain(event.kind === "time_bank" ? "log.time_bank" : "log.disconnect_time")(event, tell),
  player_folded: (event, tell) => plain(event.timed_out ? "log.folded_late" : "log.folded")(event, tell),
  player_checked: (event, tell) => plain(event.timed_out ? "log.checked_late" : "log.checked")(event, tell),
  player_called: (event, { name }) =>
    t(event.all_in ? "log.called_all_in" : "log.called", { name: name(event.seat), amount: won(event.amount_krw) }),
  player_bet: act("log.bet"),
  player_raised: act("log.raised"),
  uncalled_bet_returned: plain("log.uncalled"),
  street_dealt: streetDealt,
  run_it_twice_offered: says("log.twice_asked"),
  run_it_twice_agreed: says("log.twice_agreed"),
  run_it_twice_declined: says("log.twice_declined"),
  rabbit_hunt_asked: says("log.rabbit_asked"),
  rabbit_hunt_declined: says("log.rabbit_declined"),
  rabbit_hunt_shown: (event) => t("log.rabbit_shown", { cards: cardsText(event.cards) }),
  hand_shown: (event, { name }) => t("log.shown", { name: name(event.seat), cards: cardsText(event.cards) }),
  hand_mucked: plain("log.mucked"),
  rake_taken: (event) => (event.amount_krw > 0 ? t("log.rake", { amount: won(event.amount_krw) }) : null),
  pot_awarded: potAwarded,
  hand_voided: says("log.voided"),
  seat_taken: plain("log.seated"),
  seat_left: plain("log.left"),
  player_sat_out: plain("log.sat_out"),
  player_sat_in: plain("log.sat_in"),
  chips_added: plain("log.chips_added"),
  player_disconnected: plain("log.disconnected"),
  player_connected: plain("log.connected"),
  seat_changed: (event, { name }) => t("log.moved", { name: name(event.to_seat), number: event.to_seat + 1 }),
  waiting_list_joined: ofUser("log.waits"),
  seat_offered: ofUser("log.seat_kept"),
  waiting_list_left: (event, tell) => WAITING_ENDS[event.reason]?.(event, tell) ?? null,
  clocks_moved: (event) => t("log.clocks_moved", { seconds: seconds(event.by_ms) }),
  table_closed: says("log.closed"),
};

// What is new of a hand stands out in the log.
const HEADINGS = new Set(["hand_started"]);
const MARKED = new Set(["pot_awarded", "hand_voided", "rabbit_hunt_shown"]);
const STREETS = new Set(["street_dealt"]);

export function kindOf(event) {
  if (HEADINGS.has(event.type)) return "heading";
  if (MARKED.has(event.type)) return "won";
  return STREETS.has(event.type) ? "street" : "line";
}

export function sentences(event, tell) {
  const said = SENTENCES[event.type]?.(event, tell) ?? [];
  return [said].flat().filter(Boolean);
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

// What the sentences about an event need to know of the table before and after it.
export function tellerOf(before, after, twice = false) {
  const people = [before, after].flatMap((view) => [...view.waiting, ...view.seats]);
  return {
    name: namesFrom(before, after),
    who: (userId) => people.find((one) => one.user_id === userId)?.nickname ?? "?",
    twice,
  };
}
