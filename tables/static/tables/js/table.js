// The table page: wires socket, store and renderers. Frames come in, the page is drawn, requests
// go out.

import { refreshBalance } from "./balance.js";
import { ServerClock } from "./clock.js";
import { Connection } from "./connection.js";
import { find, readData } from "./dom.js";
import { won } from "./format.js";
import { errorText, t } from "./i18n.js";
import { HandMemory } from "./memory.js";
import { Mutes } from "./mutes.js";
import { tellOwn } from "./notices.js";
import { Actions } from "./render/actions.js";
import { Centre } from "./render/centre.js";
import { ConnectionLine } from "./render/connection.js";
import { Dialogs } from "./render/dialogs.js";
import { Chat, Log } from "./render/log.js";
import { Seats } from "./render/seats.js";
import { Side } from "./render/side.js";
import { Status } from "./render/status.js";
import { toast } from "./render/toast.js";
import { Tools } from "./render/tools.js";
import { TurnClock } from "./render/turn.js";
import { namesFrom, kindOf, sentences } from "./sentences.js";
import { TableStore } from "./store.js";
import { Sync } from "./sync.js";

const page = readData("page");
const store = new TableStore(page.user_id);
const memory = new HandMemory();
const clock = new ServerClock();
const connection = new Connection(`/ws/table/${page.table_id}/`, { greet: () => sync.greet() });
const sync = new Sync(connection, store, clock, draw);

const dialogs = new Dialogs();
const side = new Side();
const log = new Log();
const mutes = new Mutes();
const chat = new Chat({
  onSay: (text) => send("chat", { text }),
  onUnread: () => side.chatArrived(),
  onMute: async (userId, muted) => (await mutes.set(userId, muted)) || toast(t("chat.mute_failed"), "error"),
  isMuted: (userId) => mutes.has(userId),
});
const line = new ConnectionLine(find("#connection"), connection);
const seats = new Seats(find("#stage"), find("#seats"), find("#bets"), sitDown);
const centre = new Centre(find("#pots"), find("#board"), find("#verdict"));
const actions = new Actions((turn, handId, action, toKrw) =>
  send("act", { hand_id: handId, turn, action, ...(toKrw === undefined ? {} : { to_krw: toKrw }) }));
const status = new Status(sitAnywhere);
const tools = new Tools({ onSitOut: () => send("sit_out"), onSitIn: () => send("sit_in"), onTopUp: topUp, onLeave: leave });
const turnClock = new TurnClock();
const [SESSION_ENDED, NO_SUCH_TABLE] = [4401, 4404];
let drawn = false;

// Everything the renderers look at, in one place.
function table() {
  const mySeat = store.mySeat();
  return {
    view: store.view, memory, clock, mySeat,
    myCards: store.myCards(),
    myTurn: store.myTurn(),
    online: connection.state === "online",
    canSit: page.user_id !== null && !mySeat && !store.view.closed,
  };
}

function draw() {
  if (drawn) return;
  drawn = true;
  requestAnimationFrame(() => {
    drawn = false;
    if (!store.view) return;
    memory.follow(store.view.hand?.hand_id ?? null);
    const now = table();
    for (const part of [seats, centre, actions, status, tools, chat]) part.update(now);
    turnClock.update(now, seats);
  });
}

function tick() {
  line.update();
  if (!store.view) return;
  const now = table();
  turnClock.update(now, seats);
  status.update(now);
}

store.onEvent((event, before, after, fresh) => {
  memory.remember(event);
  if (event.type === "chat_posted") tellChat(event);
  const name = namesFrom(before, after);
  for (const text of sentences(event, name)) if (text) log.say(kindOf(event), text);
  if (fresh && page.user_id !== null) tellOwn(event, before, after, page.user_id);
});

function tellChat(event) {
  const mine = event.user_id === page.user_id;
  chat.say(event, { mine, canMute: page.user_id !== null && !mine });
}

mutes.addEventListener("change", () => chat.foldAll());
if (page.user_id !== null) mutes.load();

// Sends a request; a refusal is shown. Resolves with whether it was done.
async function send(type, fields = {}) {
  try {
    await connection.request(type, fields);
    return true;
  } catch (error) {
    toast(errorText(error.code, error.message), "error");
    return false;
  }
}

async function sitDown(seat) {
  const { min_buy_in_krw: min, max_buy_in_krw: max, big_blind_krw: step } = store.view.config;
  const buyIn = await dialogs.askAmount({
    title: t("sit.title", { number: seat + 1 }), min, max, preferred: max, step,
    refuse: (amount, balance) => toast(t("sit.no_money", { amount: won(amount), balance: won(balance) }), "error"),
  });
  if (buyIn !== null && (await send("sit", { seat, buy_in_krw: buyIn }))) refreshBalance();
}

function sitAnywhere() {
  const taken = new Set(store.view.seats.map((seat) => seat.seat));
  const free = Array.from({ length: store.view.config.seats }, (_, seat) => seat).find((seat) => !taken.has(seat));
  if (free !== undefined) sitDown(free);
}

async function topUp() {
  const { max_buy_in_krw: max, big_blind_krw: step } = store.view.config;
  const seat = store.mySeat();
  const most = max - seat.stack_krw - seat.top_up_krw;
  if (most <= 0) return toast(t("top_up.none"));
  const amount = await dialogs.askAmount({
    title: find("#top-up").textContent, min: Math.min(most, step), max: most, preferred: most, step,
    refuse: () => toast(errorText("insufficient_funds"), "error"),
  });
  if (amount !== null && (await send("top_up", { amount_krw: amount }))) refreshBalance();
}

async function leave() {
  const seat = store.mySeat();
  const hand = store.view.hand;
  const inHand = Boolean(hand && !hand.finished && seat.in_hand && !seat.folded);
  if (await dialogs.confirmLeave(seat.stack_krw, inHand)) send("leave");
}

// The table is not to be seen. Who saw it until now gets a page on which nothing is left of it.
function shutOut(error) {
  if (store.view) return location.reload();
  status.say(errorText(error.code, error.message));
}

// "Play now" of the lobby leads to #sit: the dialog opens as soon as the table is known.
let wantsSeat = location.hash === "#sit";

connection.addEventListener("frame", ({ detail }) => {
  if (detail.code === "observers_off") return shutOut(detail);
  sync.receive(detail);
  if (!wantsSeat || !store.view) return;
  wantsSeat = false;
  history.replaceState(null, "", location.pathname);
  if (table().canSit) sitAnywhere();
});
connection.addEventListener("state", ({ detail }) => {
  if (detail.code === SESSION_ENDED || detail.code === NO_SUCH_TABLE) location.reload();
  line.update();
  draw();
});
setInterval(tick, 200);
