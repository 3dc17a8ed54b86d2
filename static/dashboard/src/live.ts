/**
 * The living picture: joins the socket, the store, the connection machine and the clock, and says when to draw.
 *
 * It exists so that pages only read three signals. Messages change the picture at once, but it is shown at most once
 * a frame (once a second in a hidden tab), however many come. It knows no markup and no texts.
 *
 * For views: read `picture`, `link` and `clock.now` inside a component and it redraws by itself. After a command, wait
 * for the event; never write to the picture. `onNews` is how toasts hear of what changed.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import { ApiError, leaveForSignIn, pollMeetings } from "./api";
import { learnServerTime, serverNow } from "./clock";
import {
  advance,
  opened,
  pill,
  POLL_EVERY_MS,
  shouldPoll,
  type Connection,
  type ConnectionNews,
  type Pill,
} from "./connection";
import { newsBetween, type News } from "./news";
import { openLine, type Line } from "./socket";
import { EMPTY, reduce, type Message, type State } from "./store";

/** What the page says of its connection. `heardAt` is in ms of the server's time, null before the first word. */
export interface Link {
  readonly pill: Pill;
  readonly heardAt: number | null;
  readonly retries: number;
  readonly transport: string;
}

/** Told once for what changed; `isCatchingUp` when it happened while this page was away. */
export type NewsListener = (news: readonly News[], isCatchingUp: boolean) => void;

const CHECK_EVERY_MS = 250;
const HIDDEN_DRAW_MS = 1_000;
const CAUGHT_UP_AFTER_MS = 400; // no missed event for so long: the replay is over

const shownPicture = signal<State>(EMPTY);
const shownLink = signal<Link>({ pill: "connecting", heardAt: null, retries: 0, transport: "" });

export const picture: ReadonlySignal<State> = shownPicture;
export const link: ReadonlySignal<Link> = shownLink;

let line: Line | undefined;
let current = EMPTY;
let told = EMPTY;
let connection: Connection = opened(0);
let isCatchingUp = false;
let catchUpTimer: ReturnType<typeof setTimeout> | undefined;
let drawing = false;
let polledAt = Number.NEGATIVE_INFINITY;
const listeners = new Set<NewsListener>();

/** Calls `listener` with what changed, until the returned function is called. */
export function onNews(listener: NewsListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Opens the connection of this page, once however often it is called. */
export function startLive(): void {
  if (line !== undefined) return;
  connection = opened(performance.now(), navigator.onLine);
  line = openLine({ message: receive, standing: note, signedOut: leaveForSignIn });
  addEventListener("online", () => {
    note("online");
    tryNow();
  });
  addEventListener("offline", () => note("offline"));
  document.addEventListener("visibilitychange", draw);
  addEventListener("pagehide", () => line?.close());
  addEventListener("pageshow", (event) => event.persisted && line?.tryNow());
  setInterval(check, CHECK_EVERY_MS);
}

/** Connects now, and reads the lists meanwhile. */
export function tryNow(): void {
  line?.tryNow();
  if (!connection.isUp) void poll();
}

function receive(message: Message): void {
  if (message.name === "initialState" || message.name === "cursor") learnServerTime(message.body.serverTime);
  if (message.meta?.replay === true || (message.name === "initialState" && told.isReady)) catchUp();
  current = reduce(current, message);
  if (message.name === "initialState") note("picture");
  scheduleDraw();
}

function catchUp(): void {
  isCatchingUp = true;
  clearTimeout(catchUpTimer);
  catchUpTimer = setTimeout(() => {
    tellNews(true);
    isCatchingUp = false;
  }, CAUGHT_UP_AFTER_MS);
}

function note(news: ConnectionNews): void {
  connection = advance(connection, news, performance.now());
  check();
}

function check(): void {
  const at = performance.now();
  if (shouldPoll(connection, at) && at - polledAt >= POLL_EVERY_MS) void poll();
  const heardAt = connection.heardAt === null ? null : serverNow() - (at - connection.heardAt);
  const next: Link = {
    pill: pill(connection, at),
    heardAt,
    retries: connection.retries,
    transport: line?.transport() ?? "",
  };
  const shown = shownLink.peek();
  const isSame =
    next.pill === shown.pill &&
    next.retries === shown.retries &&
    next.transport === shown.transport &&
    (next.heardAt === null) === (shown.heardAt === null) &&
    Math.abs((next.heardAt ?? 0) - (shown.heardAt ?? 0)) < 1_000;
  if (!isSame) shownLink.value = next;
}

async function poll(): Promise<void> {
  const askedAt = performance.now();
  polledAt = askedAt;
  try {
    const body = await pollMeetings();
    if ((connection.heardAt ?? Number.NEGATIVE_INFINITY) >= askedAt) return; // the socket has told newer things since
    receive({ name: "listing", body });
    if (!connection.isUp) current = { ...current, isReady: true };
    note("polled");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    note("pollFailed");
  }
}

function scheduleDraw(): void {
  if (drawing) return;
  drawing = true;
  if (document.hidden) setTimeout(draw, HIDDEN_DRAW_MS);
  else requestAnimationFrame(draw);
}

function draw(): void {
  drawing = false;
  shownPicture.value = current;
  if (!isCatchingUp) tellNews(false);
}

function tellNews(isLate: boolean): void {
  const news = newsBetween(told, current);
  told = current;
  if (news.length > 0) for (const listener of listeners) listener(news, isLate);
}
