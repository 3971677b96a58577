// What this page knows of its table. Pure: frames go in, the state and what to ask for come out.
//
// `version` counts the table's commits without gaps. Events that were missed are asked for; a
// snapshot replaces everything. Own hole cards travel apart from the public view.

import { fold } from "./fold.js";

export class TableStore {
  constructor(userId = null) {
    this.userId = userId;
    this.version = null;
    this.view = null;
    this.own = null;
    this.toldVersion = null;
    this.listeners = [];
  }

  // Called with (event, view before, view after, fresh) for each public event; not `fresh` ones
  // happened while the page was away and are told late.
  onEvent(listener) {
    this.listeners.push(listener);
  }

  // Takes a frame of the server. Returns "changed", "ignored" or "gap" (ask for what is missing).
  accept(frame) {
    switch (frame.type) {
      case "snapshot": return this.#replace(frame);
      case "events": return this.#apply(frame);
      case "private": return this.#keepOwn(frame);
      case "heartbeat": return this.version !== null && frame.version > this.version ? "gap" : "ignored";
      default: return "ignored";
    }
  }

  mySeat() {
    if (this.userId === null || !this.view) return null;
    return this.view.seats.find((seat) => seat.user_id === this.userId) ?? null;
  }

  myCards() {
    const seat = this.mySeat();
    return this.own && seat?.in_hand && this.own.seat === seat.seat ? this.own.cards : null;
  }

  // Dealt in, and the cards did not come.
  lacksCards() {
    const seat = this.mySeat();
    const hand = this.view?.hand;
    return Boolean(seat?.in_hand && hand && !hand.finished && !this.myCards());
  }

  myTurn() {
    const turn = this.view?.hand?.turn;
    const seat = this.mySeat();
    return turn && seat && turn.seat === seat.seat ? turn : null;
  }

  #replace(frame) {
    if (this.version !== null && frame.version < this.version) return "ignored";
    if (this.own && this.view?.hand?.hand_id !== frame.table.hand?.hand_id) this.own = null;
    this.version = frame.version;
    this.toldVersion ??= frame.version;
    this.view = frame.table;
    return "changed";
  }

  #apply(frame) {
    if (this.version === null) return "ignored";
    if (frame.version > this.version + 1) return "gap";
    const fresh = frame.version > this.version;
    const untold = frame.version > this.toldVersion;
    if (!fresh && !untold) return "ignored";
    for (const event of frame.events) {
      const before = this.view;
      if (fresh) this.#foldIn(event, frame.version);
      if (untold) this.listeners.forEach((tell) => tell(event, before, this.view, fresh));
    }
    if (fresh) this.version = frame.version;
    this.toldVersion = Math.max(this.toldVersion, frame.version);
    return "changed";
  }

  #foldIn(event, version) {
    this.view = fold(this.view, event);
    if (event.type === "hand_started" && this.own && this.own.version < version) this.own = null;
  }

  #keepOwn(frame) {
    const dealt = frame.events.find((event) => event.type === "hole_cards_dealt");
    if (!dealt || (this.own && this.own.version > frame.version)) return "ignored";
    this.own = { seat: dealt.seat, cards: dealt.cards, version: frame.version };
    return "changed";
  }
}
