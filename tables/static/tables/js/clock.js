// The server's time as this page knows it.
//
// Every frame with a server time gives "server minus own" less the time it travelled; the largest
// of the recent ones travelled least and is nearest to the truth.

const SAMPLES = 12;

export class ServerClock {
  #offsets = [];

  hear(serverTimeMs, nowMs = Date.now()) {
    this.#offsets.push(serverTimeMs - nowMs);
    if (this.#offsets.length > SAMPLES) this.#offsets.shift();
  }

  now(nowMs = Date.now()) {
    return nowMs + (this.#offsets.length ? Math.max(...this.#offsets) : 0);
  }
}
