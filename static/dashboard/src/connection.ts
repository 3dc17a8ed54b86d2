/**
 * What the page says about its connection: a small machine without a clock of its own.
 *
 * It exists so that the rules of the pill stand in one table and can be tested second by second. It knows neither
 * sockets nor requests, only that they told something; times are ms of a clock that never goes back.
 */

export type Pill = "connecting" | "live" | "reconnecting" | "delayed" | "offline";

export interface Connection {
  readonly isUp: boolean;
  readonly hasPicture: boolean;
  readonly isBrowserOnline: boolean;
  /** Since when the socket is down; of a page that was never up, since it was opened. */
  readonly downSince: number | null;
  /** When the server was heard last, by whatever road. */
  readonly heardAt: number | null;
  /** Whether the last reading over REST went well; null when none was needed or none has ended. */
  readonly didPoll: boolean | null;
  readonly retries: number;
}

export type ConnectionNews =
  "up" | "down" | "retry" | "heard" | "picture" | "polled" | "pollFailed" | "online" | "offline";

/** A lost second is not a flash. */
export const FLICKER_MS = 1_000;
/** Server's ping interval and its patience: after that silence is a fault. */
export const SILENCE_MS = 15_000;
/** Reading over REST begins a little before the pill would turn, so that it need not turn twice. */
export const POLL_AFTER_MS = 12_000;
export const POLL_EVERY_MS = 30_000;

/** The connection of a page opened at `at`. */
export function opened(at: number, isBrowserOnline = true): Connection {
  return {
    isUp: false,
    hasPicture: false,
    isBrowserOnline,
    downSince: at,
    heardAt: null,
    didPoll: null,
    retries: 0,
  };
}

/** What `news` at `at` makes of the connection. */
export function advance(connection: Connection, news: ConnectionNews, at: number): Connection {
  switch (news) {
    case "up":
      return {
        ...connection,
        isUp: true,
        downSince: null,
        heardAt: at,
        didPoll: null,
        isBrowserOnline: true,
        retries: 0,
      };
    case "down":
      return { ...connection, isUp: false, downSince: connection.downSince ?? at };
    case "retry":
      return { ...connection, retries: connection.retries + 1 };
    case "heard":
      return { ...connection, heardAt: at };
    case "picture":
      return { ...connection, hasPicture: true, heardAt: at };
    case "polled":
      return connection.isUp ? connection : { ...connection, didPoll: true, hasPicture: true, heardAt: at };
    case "pollFailed":
      return connection.isUp ? connection : { ...connection, didPoll: false };
    case "online":
      return { ...connection, isBrowserOnline: true };
    case "offline":
      return { ...connection, isBrowserOnline: false };
  }
}

/** How long the server has been away at `at`; 0 while it is there. A socket that is up but silent is away too. */
export function awayFor(connection: Connection, at: number): number {
  if (connection.downSince !== null) return at - connection.downSince;
  const silent = at - (connection.heardAt ?? at);
  return silent > SILENCE_MS ? silent - SILENCE_MS + FLICKER_MS : 0;
}

/** Whether the lists should be read over REST meanwhile. */
export function shouldPoll(connection: Connection, at: number): boolean {
  return connection.isBrowserOnline && awayFor(connection, at) >= POLL_AFTER_MS;
}

/** What the pill says at `at`. */
export function pill(connection: Connection, at: number): Pill {
  if (!connection.isBrowserOnline) return "offline";
  const away = awayFor(connection, at);
  if (away >= SILENCE_MS && connection.didPoll !== null) return connection.didPoll ? "delayed" : "offline";
  if (!connection.hasPicture) return "connecting";
  return away < FLICKER_MS ? "live" : "reconnecting";
}
