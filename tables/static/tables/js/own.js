// What only this player is told: own cards, options, and what is decided in advance. Pure.
//
// These frames go beside the table's own and may come before or after the events they belong to,
// so each part keeps the version it is of.

const DEFAULT_OPTIONS = Object.freeze({
  post_blinds: false, straddle: false, run_it_twice: "ask", rabbit_hunt: false,
  auto_top_up_krw: 0, sit_out_next_big_blind: false, leave_after_hand: false,
});

const ACTIONS = new Set(["player_folded", "player_checked", "player_called", "player_bet", "player_raised"]);
const GOES = new Set(["seat_left", "reservation_cancelled"]);
const ENDS = new Set(["hand_started", "hand_finished", "hand_voided", "bets_collected"]);

export class Own {
  #cards = null; #options = null; #planned = null; #unplanned = -1;

  // A `private` frame; returns whether it says something new.
  hear(frame) {
    return frame.events.map((event) => this.#take(event, frame.version)).some(Boolean);
  }

  // A public event: an action of the own `seat` and the end of a street use up what was decided.
  follow(event, version, seat) {
    if (event.type === "hand_started" && this.#cards && this.#cards.version < version) this.#cards = null;
    if (GOES.has(event.type) && event.seat === seat) this.#options = null;
    if (ENDS.has(event.type) || (ACTIONS.has(event.type) && event.seat === seat)) this.#unplan(version);
  }

  // The whole table came anew: what belongs to it is told again behind it.
  restart({ sameHand }) {
    if (!sameHand) this.#cards = null;
    this.#options = null;
    this.#planned = null;
    this.#unplanned = -1;
  }

  cardsOf(seat) {
    return this.#cards?.seat === seat ? this.#cards.cards : null;
  }

  get options() {
    return this.#options?.options ?? DEFAULT_OPTIONS;
  }

  // {action, call_krw} or null.
  get planned() {
    return this.#planned;
  }

  #take(event, version) {
    switch (event.type) {
      case "hole_cards_dealt": return this.#keepNewer("cards", { seat: event.seat, cards: event.cards, version });
      case "options_set": return this.#keepNewer("options", { options: { ...DEFAULT_OPTIONS, ...event.options }, version });
      case "pre_action_set": return this.#plan(event, version);
      case "pre_action_cancelled": return this.#unplan(version);
      default: return false;
    }
  }

  #keepNewer(kind, told) {
    const known = kind === "cards" ? this.#cards : this.#options;
    if (known && known.version > told.version) return false;
    if (kind === "cards") this.#cards = told;
    else this.#options = told;
    return true;
  }

  #plan({ action, call_krw: callKrw }, version) {
    if (version <= this.#unplanned || (this.#planned && this.#planned.version > version)) return false;
    this.#planned = { action, call_krw: callKrw, version };
    return true;
  }

  #unplan(version) {
    this.#unplanned = Math.max(this.#unplanned, version);
    if (!this.#planned || this.#planned.version > version) return false;
    this.#planned = null;
    return true;
  }
}
