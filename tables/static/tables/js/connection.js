// A socket that comes back by itself, and requests that are answered exactly once.
//
// Every request has an id. The server answers the same id with the same answer, so what was not
// answered is sent again (after a reconnect, or when no answer comes) without harm.

const SUBPROTOCOL = "poker.v1.json";
// Before each attempt to connect again. Another process of the server can take a lost connection at
// once: the first wait only spreads a crowd.
const WAITS_MS = [100, 250, 500, 1_000, 2_000, 5_000];
const WATCH_MS = 500;
// Without a word for so long the connection is dead; half-open ones do not say so themselves.
const SILENCE_MS = 25_000;
const PING_MS = 10_000;
// The same while a connection is being made, and until it has been greeted.
const OPENING_MS = 10_000;
const ANSWER_MS = 4_000;
// Before an `unavailable` request goes again, by how often it went.
const UNAVAILABLE_MS = [200, 600, 1_800];
const MAX_SENDS = 4;
// Refusals that mean "not now": the same request is sent again.
const NOT_NOW = new Set(["no_answer", "rate_limited", "too_many_requests", "unavailable"]);

class RequestError extends Error {
  constructor(code, message) {
    super(message ?? code);
    this.code = code;
  }
}

export class Connection extends EventTarget {
  #url; #socket = null; #requests = new Map(); #failures = 0; #lastHeard = 0; #lastWatch = 0;
  #retry = 0; #ready = false; #pinging = false; #doubted = 0;

  // `greet`: called on every new connection before anything is sent again; returns a promise.
  // `silenceMs`: without a frame for so long it is given up; `pingMs`: after so long it is asked.
  constructor(path, { greet = async () => {}, silenceMs = SILENCE_MS, pingMs = PING_MS } = {}) {
    super();
    const url = new URL(path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#url = url.href;
    Object.assign(this, { greet, silenceMs, pingMs });
    this.state = "connecting";
    setInterval(() => this.#watch(), WATCH_MS);
    addEventListener("online", () => this.#open());
    document.addEventListener("visibilitychange", () => document.hidden || this.#open());
    this.#open();
  }

  // Resolves with the ack; rejects with a RequestError. `urgent` ones go before the greeting is done.
  request(type, fields = {}, { urgent = false } = {}) {
    const id = crypto.getRandomValues(new Uint32Array(3)).join("-");
    return new Promise((resolve, reject) => {
      const request = { frame: JSON.stringify({ type, id, ...fields }), resolve, reject, sends: 0, sentAt: 0, urgent };
      this.#requests.set(id, request);
      this.#send(request);
    });
  }

  #open() {
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.#retry);
    const socket = new WebSocket(this.#url, [SUBPROTOCOL]);
    this.#socket = socket;
    this.#lastHeard = Date.now();
    socket.addEventListener("open", () => this.#greet(socket));
    socket.addEventListener("message", (message) => this.#receive(JSON.parse(message.data)));
    socket.addEventListener("close", (event) => this.#closed(socket, event));
  }

  async #greet(socket) {
    this.#lastHeard = Date.now();
    try {
      await this.greet();
    } catch (error) {
      if (this.#socket === socket) socket.close(4000);
      return;
    }
    if (this.#socket !== socket || socket.readyState !== WebSocket.OPEN) return;
    this.#failures = 0;
    this.#ready = true;
    this.#become("online");
    for (const request of this.#requests.values()) this.#send(request);
  }

  #send(request) {
    if (this.#socket?.readyState !== WebSocket.OPEN || !(this.#ready || request.urgent)) return;
    request.sends += 1;
    request.sentAt = Date.now();
    this.#socket.send(request.frame);
  }

  #receive(frame) {
    this.#lastHeard = Date.now();
    const request = frame.id && this.#requests.get(frame.id);
    if (request && (frame.type === "ack" || frame.type === "error")) this.#answer(request, frame);
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  #answer(request, frame) {
    if (frame.type === "error" && NOT_NOW.has(frame.code) && request.sends < MAX_SENDS) {
      if (frame.code === "unavailable") setTimeout(() => this.#again(frame.id, request), UNAVAILABLE_MS[request.sends - 1]);
      return;
    }
    this.#requests.delete(frame.id);
    if (frame.type === "ack") request.resolve(frame);
    else request.reject(new RequestError(frame.code, frame.message));
  }

  #again(id, request) {
    if (this.#requests.get(id) === request) this.#send(request);
  }

  #closed(socket, event) {
    if (this.#socket !== socket) return;
    this.#ready = false;
    this.#abandon((request) => request.urgent);
    this.#become("offline", event.code);
    const wait = WAITS_MS[Math.min(this.#failures, WAITS_MS.length - 1)];
    this.#failures += 1;
    this.#retry = setTimeout(() => this.#open(), wait * (0.5 + Math.random()));
  }

  #abandon(which) {
    for (const [id, request] of this.#requests) {
      if (!which(request)) continue;
      this.#requests.delete(id);
      request.reject(new RequestError("no_answer"));
    }
  }

  #watch() {
    const now = Date.now();
    const stalled = now - this.#lastWatch > 4 * WATCH_MS && this.#doubted !== this.#lastHeard;
    this.#lastWatch = now;
    if (!this.#socket || this.#socket.readyState > WebSocket.OPEN) return;
    // The page itself stood still: once, what came meanwhile is heard first.
    if (stalled) return void (this.#doubted = this.#lastHeard);
    const silentMs = now - this.#lastHeard;
    if (silentMs > (this.#ready ? this.silenceMs : OPENING_MS)) return this.#silent();
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#ready && silentMs > this.pingMs) this.#ping();
    this.#abandon((request) => request.sends >= MAX_SENDS && now - request.sentAt > ANSWER_MS);
    for (const request of this.#requests.values()) if (now - request.sentAt > ANSWER_MS) this.#send(request);
  }

  // One at a time: it is asked for a word, not for many.
  #ping() {
    if (this.#pinging) return;
    this.#pinging = true;
    this.request("ping").catch(() => {}).finally(() => (this.#pinging = false));
  }

  // A dead network does not say so: give the socket up without waiting for its close handshake.
  #silent() {
    const socket = this.#socket;
    socket.close(4001);
    this.#closed(socket, { code: 4001 });
    this.#socket = null;
  }

  #become(state, code = null) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, code } }));
  }
}
