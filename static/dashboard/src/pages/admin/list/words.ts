/** How the cells of a row read. Pure but for the language. */
import { clockTime, isSameDay, span, timeUntil, whenText } from "../../../i18n/times";
import { endOf, startOf, type ScreenState } from "../../../states";
import type { MeetingView } from "../../../wire";
import { t } from "../texts";

const MINUTE_MS = 60_000;
const FAR_MS = 12 * 60 * MINUTE_MS;

/** "21 s", "9 min", "1 h 5 min": how long somebody stayed, also when it was not for long. */
export function stay(ms: number): string {
  return ms < MINUTE_MS ? t("list.seconds", { count: Math.max(0, Math.floor(ms / 1_000)) }) : span(ms);
}

/** "09:00", or "Mon, 9 Nov, 09:00" on another day; null when it has no time. */
export function startText(meeting: MeetingView, nowMs: number): string | null {
  const start = startOf(meeting) ?? (meeting.started_at === null ? null : Date.parse(meeting.started_at));
  return start === null ? null : whenText(start, nowMs);
}

/** "in 6 min", "9 min late", "24 min in", "31 min"; empty when there is nothing to say. */
export function standingText(meeting: MeetingView, state: ScreenState, nowMs: number): string {
  const start = startOf(meeting);
  switch (state) {
    case "scheduled":
    case "ready":
      return start === null || isFar(start, nowMs) ? "" : timeUntil(start, nowMs);
    case "late":
      return start === null || nowMs - start < MINUTE_MS ? "" : t("list.lateBy", { span: span(nowMs - start) });
    case "live": {
      const running = nowMs - (began(meeting) ?? nowMs);
      return running < MINUTE_MS ? t("list.justBegan") : t("list.runningFor", { span: span(running) });
    }
    case "ended":
      return lastedText(meeting);
    case "notStarted":
    case "cancelled":
      return "";
  }
}

/** Of another day the date says enough. */
function isFar(ms: number, nowMs: number): boolean {
  return !isSameDay(ms, nowMs) && ms - nowMs > FAR_MS;
}

function lastedText(meeting: MeetingView): string {
  const lasted = lastedMs(meeting);
  return lasted === null ? "" : stay(lasted);
}

/** How long a meeting that is over lasted; null when nobody told. */
function lastedMs(meeting: MeetingView): number | null {
  const endedAt = "ended_at" in meeting ? meeting.ended_at : null;
  if (endedAt === null || meeting.started_at === null) return null;
  return Date.parse(endedAt) - Date.parse(meeting.started_at);
}

/** When the room was opened, in ms. */
export function began(meeting: MeetingView): number | null {
  return meeting.started_at === null ? startOf(meeting) : Date.parse(meeting.started_at);
}

/** "09:00–10:00" with its day when that is not today; null when it has no time. */
export function scheduleText(meeting: MeetingView, nowMs: number): string | null {
  const start = startOf(meeting);
  const end = endOf(meeting);
  return start === null || end === null ? null : `${whenText(start, nowMs)}–${clockTime(end)}`;
}

/** How many per cent of those expected are here; null when nobody is expected. */
export function attendancePercent(hereCount: number, expectedCount: number): number | null {
  return expectedCount === 0 ? null : Math.round((100 * Math.min(hereCount, expectedCount)) / expectedCount);
}
