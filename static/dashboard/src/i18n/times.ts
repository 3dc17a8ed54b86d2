/**
 * Instants as people read them: in the reader's zone and language, by `Intl`.
 *
 * It exists so that a time looks the same on every page. It knows no clock: whatever is relative is handed `nowMs`.
 */
import { t } from "./index";
import { language, LOCALES } from "./translate";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "This week" is today and the six days after it, on every page: on a Friday it is not over tomorrow. */
export const DAYS_OF_WEEK = 7;

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(LOCALES[language.value], options);
}

/** Hours with a leading zero where a day has 24 of them. */
function hour(): "2-digit" | "numeric" {
  return language.value === "en" ? "2-digit" : "numeric";
}

/** "13:45", or "1:45 PM" in Filipino; in another zone if one is named. */
export function clockTime(ms: number, timeZone?: string): string {
  return format({ hour: hour(), minute: "2-digit", ...(timeZone && { timeZone }) }).format(ms);
}

/** "09:00–10:00" */
export function timeRange(startMs: number, endMs: number): string {
  return `${clockTime(startMs)}–${clockTime(endMs)}`;
}

/** "Monday, 9 November" */
export function dayName(ms: number): string {
  return format({ weekday: "long", day: "numeric", month: "long" }).format(ms);
}

/** "Mon, 9 Nov" */
export function shortDay(ms: number): string {
  return format({ weekday: "short", day: "numeric", month: "short" }).format(ms);
}

/** Date, time, zone and UTC of an instant, for hover and focus. */
export function fullInstant(ms: number): string {
  const here = format({ dateStyle: "full", timeStyle: "long" }).format(ms);
  return `${here} · ${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** "Manila" for Asia/Manila. */
export function zoneCity(timeZone: string): string {
  return (timeZone.split("/").at(-1) ?? timeZone).replaceAll("_", " ");
}

/** The reader's zone as "Manila time (GMT+8)". */
export function zoneName(ms: number): string {
  const { timeZone } = format({}).resolvedOptions();
  const offset = format({ timeZoneName: "shortOffset" })
    .formatToParts(ms)
    .find(({ type }) => type === "timeZoneName");
  return t("time.zone", { city: zoneCity(timeZone), offset: offset?.value ?? "UTC" });
}

/** "21:00 in Manila" when the meeting's own zone shows another time than the reader's; otherwise null. */
export function timeInOwnZone(ms: number, timeZone: string): string | null {
  if (timeZone === "" || timeZone === "UTC") return null; // nobody said where the school is
  try {
    const there = clockTime(ms, timeZone);
    return there === clockTime(ms) ? null : t("time.elsewhere", { time: there, city: zoneCity(timeZone) });
  } catch {
    return null; // a zone this browser does not know
  }
}

/** Whether both instants lie in the same day of the reader. */
export function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/** "13:45", or "Mon, 9 Nov, 13:45" on another day than `nowMs`. */
export function whenText(ms: number, nowMs: number): string {
  return isSameDay(ms, nowMs) ? clockTime(ms) : `${shortDay(ms)}, ${clockTime(ms)}`;
}

/** When a day of the reader begins, so many after the one of `nowMs`. */
export function startOfDay(nowMs: number, daysAhead: number): number {
  const day = new Date(nowMs);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + daysAhead).getTime();
}

/** "in 3 days", "in 4 h 36 min", "in 6 min", "in 42 s": what is left until `ms`. */
export function timeUntil(ms: number, nowMs: number): string {
  const left = Math.max(0, ms - nowMs);
  if (left <= MINUTE_MS) return t("time.inSeconds", { count: Math.ceil(left / SECOND_MS) });
  const minutes = Math.ceil(left / MINUTE_MS);
  if (minutes < 60) return t("time.inMinutes", { count: minutes });
  if (left >= DAY_MS) return t("time.inDays", { count: Math.floor(left / DAY_MS) });
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0
    ? t("time.inHours", { count: hours })
    : t("time.inHoursMinutes", { hours, minutes: minutes % 60 });
}

/** "9 min", "1 h 5 min": how long something has lasted. */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE_MS));
  if (minutes < 60) return t("time.minutes", { count: minutes });
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0
    ? t("time.hours", { count: hours })
    : t("time.hoursMinutes", { hours, minutes: minutes % 60 });
}

/** "just now", "4 s ago", "2 min ago", "3 h ago". */
export function ago(ms: number, nowMs: number): string {
  const passed = Math.max(0, nowMs - ms);
  if (passed < SECOND_MS) return t("time.justNow");
  if (passed < MINUTE_MS) return t("time.secondsAgo", { count: Math.floor(passed / SECOND_MS) });
  if (passed < HOUR_MS) return t("time.minutesAgo", { count: Math.floor(passed / MINUTE_MS) });
  return t("time.hoursAgo", { count: Math.floor(passed / HOUR_MS) });
}

/** "24:12", "1:04:12": the clock of something that is running. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, place) => (place === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}
