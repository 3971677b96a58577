// Sizes of raises. Pure; amounts are street totals, as on the wire.

// The legal range of a turn, and half a pot and a pot within it. A pot-sized raise calls first and
// then raises by what the pot is after the call.
export function raiseSizes(turn, potKrw, ownBetKrw) {
  const [min, max] = [turn.min_raise_to_krw, turn.max_raise_to_krw];
  if (min === null || max === null) return null;
  const called = ownBetKrw + turn.call_krw;
  const potAfterCall = potKrw + turn.call_krw;
  const within = (amountKrw) => Math.min(max, Math.max(min, Math.round(amountKrw)));
  return { min, half: within(called + potAfterCall / 2), pot: within(called + potAfterCall), max };
}

// A raise where nobody has bet on this street is called a bet.
export function isBet(view) {
  return view.seats.every((seat) => seat.bet_krw === 0);
}
