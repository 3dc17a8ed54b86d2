/**
 * The socket: alone knows Socket.IO, and speaks to the rest of the page in plain messages.
 *
 * It exists so that resuming, repeating and refusing are dealt with once: it hands back the newest cursor with every
 * connect, drops what came twice, waits as long as the server asks and turns a refused login into one call. It does
 * not know what a message means to a picture, nor what is drawn. Nothing is done about `authExpiring`: a page cannot
 * renew its login, and a login that is over is noticed when the server closes the connection.
 */
import { io, type Socket } from "socket.io-client";
import type { Message } from "./store";
import type { ClientCommands, Meta, ServerEvents } from "./wire";

const FIRST_RETRY_MS = 300;
const LATEST_RETRY_MS = 2_000; // a restarted server is found again within three seconds
const PATIENT_RETRY_MS = 10_000; // a server that stays away is not to be drummed on
const PATIENT_AFTER_RETRIES = 30;
const REFUSED_RETRY_MS = 5_000;
const REMEMBERED_IDS = 2_000; // more than the longest replay

/** Every name of the registry; a name that is missing or wrong does not compile. */
const EVENT_NAMES = Object.keys({
  initialState: 0,
  meetingCreated: 0,
  meetingStarted: 0,
  meetingEnded: 0,
  meetingStatusUpdate: 0,
  participantJoined: 0,
  participantLeft: 0,
  participantStatusUpdate: 0,
  linkClicked: 0,
  attendanceUpdated: 0,
  countUpdate: 0,
  notification: 0,
  scopeAdded: 0,
  scopeRemoved: 0,
  cursor: 0,
  resync: 0,
  drain: 0,
  authExpiring: 0,
  error: 0,
} satisfies Record<keyof ServerEvents, 0>) as (keyof ServerEvents)[];

/** What the page is told of the connection itself. */
export type Standing = "up" | "down" | "retry" | "heard";

export interface Listener {
  message(message: Message): void;
  standing(standing: Standing): void;
  /** The login is missing or over; nothing is tried again. */
  signedOut(): void;
}

export interface Line {
  /** Connects now, without waiting for the next attempt. */
  tryNow(): void;
  close(): void;
  /** `websocket` or `polling`; empty while there is none. */
  transport(): string;
}

interface Refused extends Error {
  data?: { code?: string; retryAfter?: number };
}

/** Opens the connection of this page and keeps it. */
export function openLine(listener: Listener, random: () => number = Math.random): Line {
  let resumeKey = "";
  let cursor = "";
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const seen = new Set<string>();

  const socket: Socket<ServerEvents, ClientCommands> = io({
    autoConnect: false,
    withCredentials: true,
    reconnectionDelay: FIRST_RETRY_MS,
    reconnectionDelayMax: LATEST_RETRY_MS,
    randomizationFactor: 0.5,
    auth: (give) => {
      socket.receiveBuffer = []; // what was left of the connection before is part of what is missed, and comes again
      give(resumeKey === "" ? {} : { resume: { key: resumeKey, cursor } });
    },
  });

  function connectIn(delayMs: number): void {
    clearTimeout(waiting);
    waiting = setTimeout(() => socket.connect(), delayMs * (1 + random() / 2));
  }

  function isRepeated(meta: Meta | undefined): boolean {
    if (meta === undefined) return false;
    if (seen.has(meta.id)) return true;
    seen.add(meta.id);
    if (seen.size > REMEMBERED_IDS) seen.delete(seen.values().next().value ?? "");
    return false;
  }

  /** Comes back as if the road had broken: the server then gives what is missing, whatever that is. */
  function comeBackIn(delayMs: number): void {
    socket.disconnect();
    connectIn(delayMs);
  }

  function receive(message: Message): void {
    listener.standing("heard");
    if (isRepeated(message.meta)) return;
    if (message.name === "initialState") {
      resumeKey = message.body.resume;
      cursor = message.body.cursor;
    }
    if (message.name === "cursor") cursor = message.body.cursor;
    if (message.name === "resync") comeBackIn(FIRST_RETRY_MS);
    if (message.name === "drain") comeBackIn(message.body.retryAfter);
    listener.message(message);
    if (message.meta?.cursor !== undefined) cursor = message.meta.cursor;
  }

  for (const name of EVENT_NAMES) {
    // The registry ties each name to its body; the loop cannot say so to the compiler.
    socket.on(name, ((body: unknown, meta?: Meta) => {
      receive({ name, body, ...(meta && { meta }) } as Message);
    }) as never);
  }

  socket.on("connect", () => {
    socket.io.reconnectionDelayMax(LATEST_RETRY_MS);
    listener.standing("up");
  });
  socket.on("disconnect", (reason) => {
    listener.standing("down");
    if (reason === "io server disconnect") connectIn(FIRST_RETRY_MS); // Socket.IO leaves this one to us
  });
  socket.on("connect_error", (error: Refused) => {
    listener.standing("down");
    if (socket.active) return; // no server was reached: it is tried again by itself
    const { code = "", retryAfter = REFUSED_RETRY_MS } = error.data ?? {};
    if (code.startsWith("auth_")) listener.signedOut();
    else connectIn(retryAfter);
  });
  socket.io.on("reconnect_attempt", (attempt) => {
    if (attempt > PATIENT_AFTER_RETRIES) socket.io.reconnectionDelayMax(PATIENT_RETRY_MS);
    listener.standing("retry");
  });
  socket.io.on("ping", () => listener.standing("heard"));
  socket.connect();

  return {
    tryNow: () => {
      clearTimeout(waiting);
      if (!socket.connected) socket.disconnect().connect();
    },
    close: () => {
      clearTimeout(waiting);
      socket.disconnect();
    },
    transport: () => (socket.connected ? (socket.io.engine.transport.name ?? "") : ""),
  };
}
