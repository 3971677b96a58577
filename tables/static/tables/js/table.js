// The table page: wires socket, store and renderers. Frames come in, the page is drawn, requests
// go out.

import { ServerClock } from "./clock.js";
import { Commands } from "./commands.js";
import { Connection } from "./connection.js";
import { find, readData } from "./dom.js";
import { errorText, t } from "./i18n.js";
import { HandMemory } from "./memory.js";
import { Mutes } from "./mutes.js";
import { tellOwn } from "./notices.js";
import { freeSeats, keptSeats } from "./places.js";
import { Actions } from "./render/actions.js";
import { Centre } from "./render/centre.js";
import { ChoiceBar, questionFor } from "./render/choice.js";
import { ConnectionLine } from "./render/connection.js";
import { Dialogs } from "./render/dialogs.js";
import { Chat, Log } from "./render/log.js";
import { OptionsDialog } from "./render/options.js";
import { Plans } from "./render/plans.js";
import { Seats } from "./render/seats.js";
import { Side } from "./render/side.js";
import { Status } from "./render/status.js";
import { toast } from "./render/toast.js";
import { Tools } from "./render/tools.js";
import { TurnClock } from "./render/turn.js";
import { kindOf, sentences, tellerOf } from "./sentences.js";
import { TableStore } from "./store.js";
import { Sync } from "./sync.js";

const page = readData("page");
const store = new TableStore(page.user_id);
const memory = new HandMemory();
const clock = new ServerClock();
// The table speaks at least every two seconds.
const connection = new Connection(`/ws/table/${page.table_id}/`, {
  greet: () => sync.greet(), silenceMs: 5_000, pingMs: 3_000,
});
const sync = new Sync(connection, store, clock, draw);
const commands = new Commands({ tableId: page.table_id, connection, store, dialogs: new Dialogs() });
const send = (type, fields) => commands.send(type, fields);

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
const seats = new Seats(find("#stage"), find("#seats"), find("#bets"), chooseSeat);
const status = new Status({
  onSit: sitAnywhere, onJoin: () => send("join_waiting_list"), onLeave: () => send("leave_waiting_list"),
});
const choice = new ChoiceBar((handId, question, agree) => commands.answer(handId, question, agree));
const parts = [
  seats,
  new Centre(find(".centre")),
  new Actions((turn, handId, action, toKrw) => commands.act(turn, handId, action, toKrw)),
  new Plans({ plan: (handId, fields) => commands.plan(handId, fields), cancel: () => commands.cancelPlan() }),
  choice,
  status,
  new OptionsDialog((fields) => send("set_options", fields)),
  new Tools({
    onSitOut: () => send("sit_out"), onSitIn: () => send("sit_in"),
    onTopUp: () => commands.topUp(), onLeave: () => commands.leave(),
  }),
  side,
  chat,
];
const turnClock = new TurnClock();
const [SESSION_ENDED, NO_SUCH_TABLE] = [4401, 4404];
let drawn = false;

// Everything the renderers look at, in one place.
function table() {
  const { view } = store;
  const mySeat = store.mySeat();
  const online = connection.state === "online";
  return {
    view, memory, clock, mySeat, online,
    myCards: store.myCards(),
    myTurn: store.myTurn(),
    myWait: store.myWait(),
    options: store.own.options,
    planned: store.own.planned,
    asked: online ? questionFor(view, mySeat) : null,
    free: freeSeats(view, page.user_id),
    kept: keptSeats(view, page.user_id),
    canSit: page.user_id !== null && !mySeat && !view.closed,
    canMove: Boolean(mySeat && mySeat.status !== "reserved" && !mySeat.leaving && !view.closed),
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
    for (const part of parts) part.update(now);
    turnClock.update(now, seats);
  });
}

function tick() {
  line.update();
  if (!store.view) return;
  const now = table();
  turnClock.update(now, seats);
  status.update(now);
  choice.tick(now);
  seats.tick(now);
}

store.onEvent((event, before, after, fresh) => {
  memory.remember(event);
  if (event.type === "chat_posted") tellChat(event);
  for (const text of sentences(event, tellerOf(before, after, memory.twice))) log.say(kindOf(event), text);
  if (fresh && page.user_id !== null) tellOwn(event, before, after, page.user_id);
});

function tellChat(event) {
  const mine = event.user_id === page.user_id;
  chat.say(event, { mine, canMute: page.user_id !== null && !mine });
}

mutes.addEventListener("change", () => chat.foldAll());
if (page.user_id !== null) mutes.load();

function chooseSeat(seat) {
  if (store.mySeat()) commands.changeSeat(seat);
  else commands.sitDown(seat);
}

// The seat that is kept for this player, or the first free one.
function sitAnywhere() {
  const seat = store.myWait()?.seat ?? freeSeats(store.view, page.user_id)[0];
  if (seat !== undefined) commands.sitDown(seat);
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
