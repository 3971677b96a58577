// What this page knows of its table. Pure: frames go in, the state and what to ask for come out.
//
// `version` counts the table's commits without gaps. Events that were missed are asked for; a
// snapshot replaces everything. What only the player is told is kept apart from the public view.

import { fold } from "./fold.js";
import { Own } from "./own.js";

export class TableStore {
  constructor(userId = null) {
    this.userId = userId;
    this.version = null;
    this.view = null;
    this.own = new Own();
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
      case "private": return this.own.hear(frame) ? "changed" : "ignored";
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
    return seat?.in_hand ? this.own.cardsOf(seat.seat) : null;
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

  // The own place in the line for a seat, counted from 1, or null.
  myWait() {
    const index = this.view?.waiting.findIndex((waiter) => waiter.user_id === this.userId) ?? -1;
    return index < 0 ? null : { ...this.view.waiting[index], place: index + 1 };
  }

  // A snapshot comes only when this page asked for it, so it holds whatever its version: a lower
  // one means that the table lost its last steps.
  #replace(frame) {
    this.own.restart({ sameHand: this.view?.hand?.hand_id === frame.table.hand?.hand_id });
    this.version = frame.version;
    this.toldVersion = Math.min(this.toldVersion ?? frame.version, frame.version);
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
    this.own.follow(event, version, this.mySeat()?.seat ?? null);
    this.view = fold(this.view, event);
  }
}
