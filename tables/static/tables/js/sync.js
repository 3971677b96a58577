// Keeps the store level with the table: subscribes, fills gaps, and asks again for own cards.

const GAP_WAIT_MS = 250;
const CARDS_WAIT_MS = 1_000;

export class Sync {
  #asking = false; #gapTimer = 0; #cardsTimer = 0;

  constructor(connection, store, clock, onChange) {
    this.connection = connection;
    this.store = store;
    this.clock = clock;
    this.onChange = onChange;
  }

  // On every new connection: the snapshot that follows brings the table up to date; what happened
  // meanwhile is asked for too, so that the log has no hole.
  async greet() {
    const since = this.store.version;
    try {
      await this.connection.request("subscribe", {}, { urgent: true });
    } catch (error) {
      // Asking again would not help; the page has told why.
      if (error.code === "observers_off") return;
      throw error;
    }
    if (since !== null) this.connection.request("missed", { since }).catch(() => {});
  }

  receive(frame) {
    if (typeof frame.server_time_ms === "number") this.clock.hear(frame.server_time_ms);
    const outcome = this.store.accept(frame);
    if (outcome === "gap") this.#fillGap(frame);
    if (outcome === "changed") {
      this.#expectCards();
      this.onChange();
    }
  }

  // A heartbeat may overtake the frame it speaks of: only a gap that stays is asked for.
  #fillGap(frame) {
    if (this.#asking || this.#gapTimer) return;
    this.#gapTimer = setTimeout(() => {
      this.#gapTimer = 0;
      if (this.store.version < frame.version) this.#ask("missed", { since: this.store.version });
    }, frame.type === "heartbeat" ? GAP_WAIT_MS : 0);
  }

  #expectCards() {
    clearTimeout(this.#cardsTimer);
    if (!this.store.lacksCards()) return;
    this.#cardsTimer = setTimeout(() => this.store.lacksCards() && this.#ask("snapshot"), CARDS_WAIT_MS);
  }

  async #ask(type, fields) {
    this.#asking = true;
    try {
      await this.connection.request(type, fields);
    } catch {
      // The connection is going down: greeting the next one brings everything.
    }
    this.#asking = false;
  }
}
