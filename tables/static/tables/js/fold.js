// How events change what one sees of a table: the same as tables/engine/fold.py, one function for
// each event. Pure: the view that is given stays as it was. What a void hand and clocks change is
// in fold_more.js.

import { clocksMoved, handVoided } from "./fold_more.js";

const without = (view, number) => ({ ...view, seats: view.seats.filter((seat) => seat.seat !== number) });
const withHand = (view, changes) => ({ ...view, hand: { ...view.hand, ...changes } });
const withSeat = (view, number, changes) => ({
  ...view,
  seats: view.seats.map((seat) => (seat.seat === number ? { ...seat, ...changes } : seat)),
});
const inOrder = (seats) => seats.sort((a, b) => a.seat - b.seat);
const stackOf = (view, number) => view.seats.find((seat) => seat.seat === number).stack_krw;
const waitingBut = (view, userId) => view.waiting.filter((waiter) => waiter.user_id !== userId);

// An event that only sets something at its seat, or of the hand.
const seatChange = (changesOf) => (view, event) => withSeat(view, event.seat, changesOf(event, view));
const handChange = (changesOf) => (view, event) => withHand(view, changesOf(event, view.hand));

// Seats and the line for one

function seatReserved(view, event) {
  const seat = {
    seat: event.seat, user_id: event.user_id, nickname: event.nickname, is_bot: event.is_bot,
    stack_krw: 0, status: "reserved", connected: true, leaving: false, top_up_krw: 0,
    in_hand: false, folded: false, all_in: false, bet_krw: 0, cards: null, new: true,
    owes_small_blind: false, owes_big_blind: false, moves_to: null, removed_at_ms: null, time_bank_ms: 0,
  };
  return { ...view, seats: inOrder([...view.seats, seat]), waiting: waitingBut(view, event.user_id) };
}

function seatChanged(view, event) {
  const moved = withSeat(view, event.seat, { seat: event.to_seat, moves_to: null, new: true });
  return { ...moved, seats: inOrder(moved.seats) };
}

function waitingListJoined(view, event) {
  const waiter = { user_id: event.user_id, nickname: event.nickname, seat: null, deadline_ms: null };
  return { ...view, waiting: [...view.waiting, waiter] };
}

function seatOffered(view, event) {
  const offer = { seat: event.seat, deadline_ms: event.deadline_ms };
  const waiting = view.waiting.map((waiter) => (waiter.user_id === event.user_id ? { ...waiter, ...offer } : waiter));
  return { ...view, waiting };
}

// A hand

function handStarted(view, event) {
  const players = new Map(event.players.map((player) => [player.seat, player]));
  const hand = {
    hand_id: event.hand_id, hand_no: event.hand_no, button_seat: event.button_seat,
    small_blind_seat: event.small_blind_seat, big_blind_seat: event.big_blind_seat,
    street: "preflop", board: [], pot_krw: 0, pots: [], turn: null, finished: false,
    bomb_pot: event.bomb_pot ?? false, straddle_seat: null, second_board: [], choice: null, rabbit: [],
  };
  const seats = view.seats.map((seat) => dealt(view.config, seat, players.get(seat.seat)));
  return { ...view, seats, hand, button_seat: event.button_seat, next_hand_at_ms: null };
}

// A seat when a hand starts: dealt in with nothing owed any more, or not.
function dealt(config, seat, player) {
  const clean = { ...seat, in_hand: false, folded: false, all_in: false, bet_krw: 0, cards: null };
  if (!player) return clean;
  return {
    ...clean, in_hand: true, stack_krw: player.stack_krw, new: false, owes_small_blind: false, owes_big_blind: false,
    time_bank_ms: Math.min(config.time_bank_ms, seat.time_bank_ms + config.time_bank_refill_ms),
  };
}

// Chips go from a stack into the pot; antes and dead blinds do not stand in front of the seat.
function putIn(view, number, amountKrw, allIn, { dead = false } = {}) {
  const seat = view.seats.find((one) => one.seat === number);
  const next = withHand(view, { pot_krw: view.hand.pot_krw + amountKrw, turn: null });
  return withSeat(next, number, {
    stack_krw: seat.stack_krw - amountKrw,
    bet_krw: seat.bet_krw + (dead ? 0 : amountKrw),
    all_in: allIn,
  });
}

const paid = (view, event) => putIn(view, event.seat, event.amount_krw, event.all_in);
const paidDead = (view, event) => putIn(view, event.seat, event.amount_krw, event.all_in, { dead: true });

function blindPosted(view, event) {
  const next = paid(view, event);
  return event.kind === "straddle" ? withHand(next, { straddle_seat: event.seat }) : next;
}

function turnStarted(event) {
  const { type, ...turn } = event;
  return { turn: { ...turn, extra_time: null } };
}

function extraTimeUsed(view, event) {
  const { turn } = view.hand;
  const next = turn ? withHand(view, { turn: { ...turn, extra_time: null } }) : view;
  return event.kind === "time_bank" ? withSeat(next, event.seat, { time_bank_ms: event.left_ms }) : next;
}

function betsCollected(view, event) {
  const seats = view.seats.map((seat) => ({ ...seat, bet_krw: 0 }));
  return { ...withHand(view, { pots: event.pots }), seats };
}

function streetDealt(event, hand) {
  if (event.board === 2) return { second_board: [...hand.second_board, ...event.cards] };
  return { street: event.street, board: [...hand.board, ...event.cards] };
}

// Questions to the hand's players

const asked = (choice) => handChange((event) => ({
  choice: { choice, seats: event.seats, agreed: [], deadline_ms: event.deadline_ms },
}));

const answered = handChange((event, { choice }) =>
  choice && event.agreed ? { choice: { ...choice, agreed: [...choice.agreed, event.seat] } } : {});

const declined = handChange(() => ({ choice: null }));

// The end of a hand

function potAwarded(view, event) {
  return event.shares.reduce((next, { seat, amount_krw: amountKrw }) =>
    withSeat(next, seat, { stack_krw: stackOf(next, seat) + amountKrw }), view);
}

function handFinished(view, event) {
  const next = event.results.reduce((now, result) =>
    withSeat(now, result.seat, { stack_krw: result.stack_krw, all_in: false }), view);
  return withHand(next, { turn: null, choice: null, finished: true });
}

const FOLD = {
  seat_reserved: seatReserved,
  reservation_cancelled: (view, event) => without(view, event.seat),
  seat_taken: seatChange((event, { config }) =>
    ({ stack_krw: event.stack_krw, status: "active", time_bank_ms: config.time_bank_ms })),
  top_up_requested: seatChange((event) => ({ top_up_krw: event.amount_krw })),
  top_up_cancelled: seatChange(() => ({ top_up_krw: 0 })),
  top_up_returned: seatChange(() => ({ top_up_krw: 0 })),
  chips_added: seatChange((event) => ({ stack_krw: event.stack_krw, top_up_krw: 0 })),
  player_sat_out: seatChange((event) => ({ status: "sitting_out", removed_at_ms: event.removed_at_ms })),
  player_sat_in: seatChange(() => ({ status: "active", removed_at_ms: null })),
  blinds_missed: seatChange((event) => ({ owes_small_blind: event.small, owes_big_blind: event.big })),
  seat_change_requested: seatChange((event) => ({ moves_to: event.to_seat })),
  seat_change_cancelled: seatChange(() => ({ moves_to: null })),
  seat_changed: seatChanged,
  waiting_list_joined: waitingListJoined,
  seat_offered: seatOffered,
  waiting_list_left: (view, event) => ({ ...view, waiting: waitingBut(view, event.user_id) }),
  leave_requested: seatChange(() => ({ leaving: true })),
  seat_left: (view, event) => without(view, event.seat),
  player_connected: seatChange(() => ({ connected: true })),
  player_disconnected: seatChange(() => ({ connected: false })),
  table_reconfigured: (view, event) => ({
    ...view,
    config: event.config,
    closed: false,
    button_seat: event.config.seats < view.config.seats ? null : view.button_seat,
  }),
  table_closed: (view) => ({ ...view, closed: true }),
  clocks_moved: clocksMoved,
  hand_scheduled: (view, event) => ({ ...view, next_hand_at_ms: event.at_ms }),
  hand_started: handStarted,
  ante_posted: paidDead,
  blind_posted: blindPosted,
  dead_blind_posted: paidDead,
  turn_started: handChange(turnStarted),
  extra_time_started: handChange((event, { turn }) =>
    ({ turn: { ...turn, deadline_ms: event.deadline_ms, extra_time: event.kind } })),
  extra_time_used: extraTimeUsed,
  player_folded: (view, event) => withSeat(withHand(view, { turn: null }), event.seat, { folded: true }),
  player_checked: (view) => withHand(view, { turn: null }),
  player_called: paid,
  player_bet: paid,
  player_raised: paid,
  uncalled_bet_returned: (view, event) => putIn(view, event.seat, -event.amount_krw, false),
  bets_collected: betsCollected,
  street_dealt: handChange(streetDealt),
  run_it_twice_offered: asked("run_it_twice"),
  run_it_twice_answered: answered,
  run_it_twice_agreed: handChange((event, hand) => ({ choice: null, second_board: hand.board })),
  run_it_twice_declined: declined,
  hand_shown: seatChange((event) => ({ cards: event.cards })),
  hand_mucked: seatChange(() => ({ folded: true })),
  pot_awarded: potAwarded,
  hand_finished: handFinished,
  hand_voided: handVoided,
  rabbit_hunt_asked: asked("rabbit_hunt"),
  rabbit_hunt_answered: answered,
  rabbit_hunt_declined: declined,
  rabbit_hunt_shown: handChange((event) => ({ choice: null, rabbit: event.cards })),
};

// The view after `event`. Events this page does not know change nothing.
export function fold(view, event) {
  return FOLD[event.type]?.(view, event) ?? view;
}
