/**
 * What a screen calls a meeting: its wire status read against the server's time.
 *
 * It exists so that every page uses the same words at the same second. It knows no clock (the time is handed in), no
 * texts and no colours.
 */
import type { MeetingView } from "./wire";

export type ScreenState = "scheduled" | "ready" | "late" | "live" | "ended" | "notStarted" | "cancelled";

const MINUTE_MS = 60_000;

/** The join link opens this long before the start. */
export const JOIN_EARLY_MS = 15 * MINUTE_MS;

/** A meeting that nobody started is given up this long after its scheduled end. */
export const GIVE_UP_MS = 30 * MINUTE_MS;

/** The fields the state follows from. */
export type Timed = Pick<MeetingView, "status" | "start_time" | "duration">;

/** When the meeting should start, in ms since 1970; null when it has no time of its own. */
export function startOf(meeting: Pick<Timed, "start_time">): number | null {
  return meeting.start_time === null ? null : Date.parse(meeting.start_time);
}

/** When the meeting should be over, in ms since 1970; null when it has no time of its own. */
export function endOf(meeting: Pick<Timed, "start_time" | "duration">): number | null {
  const start = startOf(meeting);
  return start === null ? null : start + meeting.duration * MINUTE_MS;
}

/** What a screen calls this meeting at `nowMs` of the server's clock. */
export function screenState(meeting: Timed, nowMs: number): ScreenState {
  switch (meeting.status) {
    case "started":
      return "live";
    case "ended":
      return "ended";
    case "cancelled":
    case "deleted":
      return "cancelled";
    case "waiting":
      return waitingState(startOf(meeting), endOf(meeting), nowMs);
  }
}

function waitingState(start: number | null, end: number | null, nowMs: number): ScreenState {
  if (start === null || end === null) return "ready"; // a room without a time is open whenever somebody comes
  if (nowMs < start - JOIN_EARLY_MS) return "scheduled";
  if (nowMs < start) return "ready";
  return nowMs <= end + GIVE_UP_MS ? "late" : "notStarted";
}

/** Whether Join is offered. It never waits for the news that the meeting was started: that news may be lost. */
export function isJoinable(state: ScreenState): boolean {
  return state === "ready" || state === "late" || state === "live";
}

/** Whether nothing more will happen, unless the host comes back. */
export function isOver(state: ScreenState): boolean {
  return state === "ended" || state === "cancelled" || state === "notStarted";
}

const ORDER: readonly ScreenState[] = ["late", "live", "ready", "scheduled", "ended", "notStarted", "cancelled"];

/** Compares two meetings for a list of staff: what needs somebody first, then by start. */
export function byUrgency(nowMs: number): (a: Timed, b: Timed) => number {
  return (a, b) =>
    ORDER.indexOf(screenState(a, nowMs)) - ORDER.indexOf(screenState(b, nowMs)) ||
    (startOf(a) ?? 0) - (startOf(b) ?? 0);
}
