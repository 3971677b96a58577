// What a player may decide before being asked. Pure; the same rule as `Betting.call_krw` of
// tables/engine/betting.py, from the view.

const live = (seat) => seat.in_hand && !seat.folded;
const reachOf = (seat) => seat.bet_krw + seat.stack_krw;
const highestBet = (view) => Math.max(...view.seats.map((seat) => seat.bet_krw));

// What a call would add for `mine`: before the flop at least the big blind (or straddle) is to be
// matched, and never more than another player could.
export function callKrw(view, mine) {
  const { hand, config } = view;
  const highest = highestBet(view);
  const opening = hand.straddle_seat === null ? config.big_blind_krw : 2 * config.big_blind_krw;
  const toMatch = hand.street === "preflop" ? Math.max(highest, opening) : highest;
  const others = view.seats.filter((seat) => live(seat) && seat.seat !== mine.seat);
  const reach = Math.max(0, ...others.map(reachOf));
  const target = Math.max(highest, Math.min(toMatch, reach));
  return Math.max(0, Math.min(mine.stack_krw, target - mine.bet_krw));
}

// Whether `mine` may be asked again on this street. `acted`: who has acted on it, as far as known.
function mayBeAsked(view, mine, toCall, acted) {
  if (toCall > 0 || !acted.has(mine.seat)) return true;
  const { turn } = view.hand;
  const highest = highestBet(view);
  return turn.min_raise_to_krw !== null || view.seats.some((seat) =>
    live(seat) && seat.seat !== mine.seat && seat.seat !== turn.seat && reachOf(seat) > highest
    && (seat.bet_krw < highest || !acted.has(seat.seat)));
}

// The plans that are possible now, each as the fields of its request; none when it is the own turn
// or nothing can come any more.
export function plansFor(view, mine, acted = new Map()) {
  const hand = view?.hand;
  if (!mine || !hand || hand.finished || hand.choice || !hand.turn || hand.turn.seat === mine.seat) return [];
  if (!live(mine) || mine.stack_krw === 0 || mine.leaving) return [];
  const toCall = callKrw(view, mine);
  if (!mayBeAsked(view, mine, toCall, acted)) return [];
  const call = toCall > 0 ? { action: "call", call_krw: toCall } : { action: "check" };
  return [{ action: "check_fold" }, call, { action: "call_any" }];
}
