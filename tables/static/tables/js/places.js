// Which seats are free, for whom, and who may come in. Pure.

// Free seats that are kept for somebody in the line: seat → nickname, for all but `userId`.
export function keptSeats(view, userId = null) {
  const kept = view.waiting.filter((waiter) => waiter.seat !== null && waiter.user_id !== userId);
  return new Map(kept.map((waiter) => [waiter.seat, waiter.nickname]));
}

// Seats that `userId` may take.
export function freeSeats(view, userId = null) {
  const taken = new Set([...view.seats.map((seat) => seat.seat), ...keptSeats(view, userId).keys()]);
  return Array.from({ length: view.config.seats }, (_, seat) => seat).filter((seat) => !taken.has(seat));
}

const isReady = (seat) => seat.status === "active" && seat.stack_krw > 0 && !seat.leaving;

// What stands between a seat and the next hand: "new", "owes" or null. With two players, and in
// the first hand of all, nobody waits for a blind.
export function debtOf(view, seat) {
  if (seat.status === "reserved") return null;
  if (seat.status === "sitting_out") return seat.owes_big_blind || seat.owes_small_blind ? "owes" : null;
  if (view.button_seat === null || view.seats.filter(isReady).length <= 2) return null;
  if (seat.new) return "new";
  return seat.owes_big_blind || seat.owes_small_blind ? "owes" : null;
}

// Whether the player may ask for the rest of the board of the hand that is over.
export function mayRabbitHunt(view, mine, declinedHand) {
  const hand = view.hand;
  return Boolean(view.config.rabbit_hunt && hand?.finished && hand.board.length < 5 && !hand.choice
    && hand.rabbit.length === 0 && mine?.in_hand && declinedHand !== hand.hand_id);
}
