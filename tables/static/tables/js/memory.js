// What a player remembers of the hand beyond the table's view: who did what on this street, and
// who won. Pure; forgotten when the next hand starts, also when its start was missed.

const ACTIONS = {
  player_folded: "fold",
  player_checked: "check",
  player_called: "call",
  player_bet: "bet",
  player_raised: "raise",
};

export class HandMemory {
  constructor() {
    this.handId = null;
    this.forget();
  }

  // The table shows this hand (or none). After a reconnect it may be another than the remembered
  // one: what happened meanwhile is told later, or never.
  follow(handId) {
    if (handId === this.handId) return;
    this.handId = handId;
    this.forget();
  }

  forget() {
    this.actions = new Map();
    this.wins = new Map();
    this.awards = [];
    this.mucked = new Set();
    this.rabbitDeclined = null;
    this.twice = false;
  }

  remember(event) {
    if (event.type === "hand_started") this.#start(event.hand_id);
    else if (event.type === "hand_voided") this.forget();
    else if (event.type === "street_dealt") this.#nextStreet();
    else if (event.type === "hand_mucked") this.mucked.add(event.seat);
    else if (event.type === "seat_left") this.#leave(event.seat);
    else if (event.type === "seat_changed") this.#move(event);
    else if (event.type === "pot_awarded") this.#award(event);
    else if (event.type === "run_it_twice_agreed") this.twice = true;
    else if (event.type === "rabbit_hunt_declined") this.rabbitDeclined = event.hand_id;
    else if (event.type in ACTIONS) this.actions.set(event.seat, event.all_in ? "all_in" : ACTIONS[event.type]);
  }

  #start(handId) {
    this.handId = handId;
    this.forget();
  }

  #nextStreet() {
    for (const [seat, action] of this.actions) {
      if (action !== "fold" && action !== "all_in") this.actions.delete(seat);
    }
  }

  #leave(seat) {
    this.actions.delete(seat);
    this.wins.delete(seat);
  }

  #move({ seat, to_seat: to }) {
    for (const known of [this.actions, this.wins]) {
      if (known.has(seat)) known.set(to, known.get(seat));
      known.delete(seat);
    }
    this.awards = this.awards.map((award) => (award.seat === seat ? { ...award, seat: to } : award));
  }

  #award(event) {
    for (const share of event.shares) {
      this.wins.set(share.seat, (this.wins.get(share.seat) ?? 0) + share.amount_krw);
      this.awards.push({ seat: share.seat, amountKrw: share.amount_krw, hand: event.hand, board: event.board ?? 1 });
    }
  }
}
