// The running clock of the player who is asked: a bar and the seconds, from the server's deadline.

import { setText } from "../dom.js";
import { seconds } from "../format.js";

const HURRY_MS = 5_000;
const DISCONNECT_MS = 30_000;

// How long a full bar is.
function wholeMs(turn, view) {
  if (turn.extra_time === "time_bank") return view.seats.find((seat) => seat.seat === turn.seat).time_bank_ms;
  return turn.extra_time ? DISCONNECT_MS : view.config.action_ms;
}

export class TurnClock {
  #seat = null;

  update(table, seats) {
    const hand = table.view.hand;
    const turn = hand && !hand.finished ? hand.turn : null;
    const seat = turn ? seats.seat(turn.seat) : null;
    if (this.#seat && this.#seat !== seat) this.#clear(this.#seat);
    this.#seat = seat;
    if (!seat) return;
    const leftMs = Math.max(0, turn.deadline_ms - table.clock.now());
    const share = Math.min(1, leftMs / Math.max(1, wholeMs(turn, table.view)));
    seat.root.style.setProperty("--left", share.toFixed(3));
    seat.root.classList.toggle("is-hurried", leftMs < HURRY_MS);
    setText(seat.time, `${seconds(leftMs)}`);
  }

  #clear(seat) {
    seat.root.classList.remove("is-hurried");
    setText(seat.time, "");
  }
}
