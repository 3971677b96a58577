// How events change what one sees of a table: the same as `fold` in tables/engine/view.py, one
// function for each event. Pure: the view that is given stays as it was.

const without = (view, number) => ({ ...view, seats: view.seats.filter((seat) => seat.seat !== number) });
const withHand = (view, changes) => ({ ...view, hand: { ...view.hand, ...changes } });
const withSeat = (view, number, changes) => ({
  ...view,
  seats: view.seats.map((seat) => (seat.seat === number ? { ...seat, ...changes } : seat)),
});
const stackOf = (view, number) => view.seats.find((seat) => seat.seat === number).stack_krw;

// An event that only sets something at its seat.
const seatChange = (changesOf) => (view, event) => withSeat(view, event.seat, changesOf(event));

function seatReserved(view, event) {
  const seat = {
    seat: event.seat, user_id: event.user_id, nickname: event.nickname, is_bot: event.is_bot,
    stack_krw: 0, status: "reserved", connected: true, leaving: false, top_up_krw: 0,
    in_hand: false, folded: false, all_in: false, bet_krw: 0, cards: null,
  };
  return { ...view, seats: [...view.seats, seat].sort((a, b) => a.seat - b.seat) };
}

function handStarted(view, event) {
  const stacks = new Map(event.players.map((player) => [player.seat, player.stack_krw]));
  const seats = view.seats.map((seat) => ({
    ...seat, stack_krw: stacks.get(seat.seat) ?? seat.stack_krw, in_hand: stacks.has(seat.seat),
    folded: false, all_in: false, bet_krw: 0, cards: null,
  }));
  const hand = {
    hand_id: event.hand_id, hand_no: event.hand_no, button_seat: event.button_seat,
    small_blind_seat: event.small_blind_seat, big_blind_seat: event.big_blind_seat,
    street: "preflop", board: [], pot_krw: 0, pots: [], turn: null, finished: false,
  };
  return { ...view, seats, hand, button_seat: event.button_seat, next_hand_at_ms: null };
}

// Chips go from a stack into the pot; an ante does not stand in front of the seat.
function putIn(view, number, amountKrw, allIn, { ante = false } = {}) {
  const seat = view.seats.find((one) => one.seat === number);
  const next = withHand(view, { pot_krw: view.hand.pot_krw + amountKrw, turn: null });
  return withSeat(next, number, {
    stack_krw: seat.stack_krw - amountKrw,
    bet_krw: seat.bet_krw + (ante ? 0 : amountKrw),
    all_in: allIn,
  });
}

const paid = (view, event) => putIn(view, event.seat, event.amount_krw, event.all_in);

function turnStarted(view, event) {
  const { type, ...turn } = event;
  return withHand(view, { turn });
}

function betsCollected(view, event) {
  const seats = view.seats.map((seat) => ({ ...seat, bet_krw: 0 }));
  return { ...withHand(view, { pots: event.pots }), seats };
}

function potAwarded(view, event) {
  return event.shares.reduce((next, { seat, amount_krw: amountKrw }) =>
    withSeat(next, seat, { stack_krw: stackOf(next, seat) + amountKrw }), view);
}

function handFinished(view, event) {
  const next = event.results.reduce((now, result) =>
    withSeat(now, result.seat, { stack_krw: result.stack_krw, all_in: false }), view);
  return withHand(next, { turn: null, finished: true });
}

function handVoided(view, event) {
  const clean = { in_hand: false, folded: false, all_in: false, bet_krw: 0, cards: null };
  const next = event.results.reduce((now, result) =>
    withSeat(now, result.seat, { stack_krw: result.stack_krw, ...clean }), view);
  return { ...next, hand: null };
}

const FOLD = {
  seat_reserved: seatReserved,
  reservation_cancelled: (view, event) => without(view, event.seat),
  seat_taken: seatChange((event) => ({ stack_krw: event.stack_krw, status: "active" })),
  top_up_requested: seatChange((event) => ({ top_up_krw: event.amount_krw })),
  top_up_cancelled: seatChange(() => ({ top_up_krw: 0 })),
  chips_added: seatChange((event) => ({ stack_krw: event.stack_krw, top_up_krw: 0 })),
  player_sat_out: seatChange(() => ({ status: "sitting_out" })),
  player_sat_in: seatChange(() => ({ status: "active" })),
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
  hand_scheduled: (view, event) => ({ ...view, next_hand_at_ms: event.at_ms }),
  hand_started: handStarted,
  ante_posted: (view, event) => putIn(view, event.seat, event.amount_krw, event.all_in, { ante: true }),
  blind_posted: paid,
  turn_started: turnStarted,
  clock_resumed: (view, event) => withHand(view, { turn: { ...view.hand.turn, deadline_ms: event.deadline_ms } }),
  player_folded: (view, event) => withSeat(withHand(view, { turn: null }), event.seat, { folded: true }),
  player_checked: (view) => withHand(view, { turn: null }),
  player_called: paid,
  player_bet: paid,
  player_raised: paid,
  uncalled_bet_returned: (view, event) => putIn(view, event.seat, -event.amount_krw, false),
  bets_collected: betsCollected,
  street_dealt: (view, event) => withHand(view, { street: event.street, board: [...view.hand.board, ...event.cards] }),
  hand_shown: seatChange((event) => ({ cards: event.cards })),
  hand_mucked: seatChange(() => ({ folded: true })),
  pot_awarded: potAwarded,
  hand_finished: handFinished,
  hand_voided: handVoided,
};

// The view after `event`. Events this page does not know change nothing.
export function fold(view, event) {
  return FOLD[event.type]?.(view, event) ?? view;
}
