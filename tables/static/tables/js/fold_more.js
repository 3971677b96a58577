// The events that change a table everywhere at once. Pure; see fold.js.

const later = (atMs, byMs) => (atMs === null ? null : atMs + byMs);
const laterOne = (one, byMs) => one && { ...one, deadline_ms: later(one.deadline_ms, byMs) };

// The house stood still: every running deadline is later.
export function clocksMoved(view, { by_ms: byMs }) {
  const { hand } = view;
  return {
    ...view,
    seats: view.seats.map((seat) => ({ ...seat, removed_at_ms: later(seat.removed_at_ms, byMs) })),
    waiting: view.waiting.map((waiter) => laterOne(waiter, byMs)),
    hand: hand && { ...hand, turn: laterOne(hand.turn, byMs), choice: laterOne(hand.choice, byMs) },
    next_hand_at_ms: later(view.next_hand_at_ms, byMs),
  };
}

// Nothing of a void hand stays visible, and what was owed before it is owed again.
export function handVoided(view, event) {
  const clean = { in_hand: false, folded: false, all_in: false, bet_krw: 0, cards: null };
  const results = new Map(event.results.map((result) => [result.seat, { stack_krw: result.stack_krw, ...clean }]));
  const debts = new Map((event.debts ?? []).map((owed) =>
    [owed.seat, { new: owed.new, owes_small_blind: owed.small, owes_big_blind: owed.big }]));
  const seats = view.seats.map((seat) => ({ ...seat, ...results.get(seat.seat), ...debts.get(seat.seat) }));
  return { ...view, seats, hand: null, button_seat: event.button_seat ?? null };
}
