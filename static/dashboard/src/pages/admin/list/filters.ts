/**
 * Which meetings the list shows, as the address says it: /admin/meetings?state=live&range=week&q=algebra&page=2
 *
 * It exists so that Back, a bookmark and a link from a counter all lead to the same list. Pure: it knows no clock
 * (the time is handed in) and no drawing.
 */
import { DAYS_OF_WEEK, isSameDay, startOfDay } from "../../../i18n/times";
import { byUrgency, endOf, isOver, screenState, startOf, type ScreenState } from "../../../states";
import type { MeetingView } from "../../../wire";

export const RANGES = ["today", "week", "all", "past"] as const;
export type Range = (typeof RANGES)[number];

export const STATES = ["live", "late", "ready", "scheduled", "ended", "notStarted", "cancelled"] as const;
/** What a meeting that is over may be called. */
export const PAST_STATES = ["ended", "notStarted", "cancelled"] as const;

export interface Filters {
  readonly range: Range;
  readonly state: ScreenState | null;
  readonly classId: string;
  readonly text: string;
  /** From 1. */
  readonly page: number;
}

export const UNFILTERED: Filters = { range: "today", state: null, classId: "", text: "", page: 1 };

export const PAGE_SIZE = 50;

/** What begins so soon after midnight is still part of tonight. */
const TONIGHT_MS = 3 * 3_600_000;

/** Reads filters from the address; what it does not understand it leaves out. */
export function readFilters(query: Readonly<Record<string, string>>): Filters {
  const page = Number(query["page"]);
  return {
    range: RANGES.find((name) => name === query["range"]) ?? UNFILTERED.range,
    state: STATES.find((name) => name === query["state"]) ?? null,
    classId: query["class"] ?? "",
    text: query["q"] ?? "",
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

/** The address of a list with these filters, and of the meeting whose drawer is open beside it. */
export function addressOf(path: string, filters: Filters, meetingId = ""): string {
  const query = new URLSearchParams();
  if (filters.range !== UNFILTERED.range) query.set("range", filters.range);
  if (filters.state !== null) query.set("state", filters.state);
  if (filters.classId !== "") query.set("class", filters.classId);
  if (filters.text !== "") query.set("q", filters.text);
  if (filters.page > 1) query.set("page", String(filters.page));
  if (meetingId !== "") query.set("meeting", meetingId);
  return query.size === 0 ? path : `${path}?${query}`;
}

/** Other filters begin on their own first page. */
export function changed(filters: Filters, change: Partial<Filters>): Filters {
  return { ...filters, page: 1, ...change };
}

/** Whether anything but the days narrows the list. */
export function isNarrowed({ state, classId, text }: Filters): boolean {
  return state !== null || classId !== "" || text !== "";
}

export interface Listing {
  /** Those that pass every filter, in the order of the list. */
  readonly meetings: readonly MeetingView[];
  /** How many of each state there are under the other filters. */
  readonly counts: Readonly<Record<ScreenState, number>>;
}

/** The list of these meetings under these filters. */
export function listed(meetings: Iterable<MeetingView>, filters: Filters, nowMs: number): Listing {
  const counts = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<ScreenState, number>;
  const matches = matcher(filters.text);
  const found: MeetingView[] = [];
  for (const meeting of meetings) {
    if (filters.classId !== "" && meeting.class?.id !== filters.classId) continue;
    if (!isInRange(meeting, filters.range, nowMs) || !matches(meeting)) continue;
    const state = screenState(meeting, nowMs);
    counts[state] += 1;
    if (filters.state === null || filters.state === state) found.push(meeting);
  }
  const urgency = byUrgency(nowMs);
  found.sort((a, b) => urgency(a, b) || compare(a.topic, b.topic) || compare(a.id, b.id));
  return { meetings: found, counts };
}

/** Whether a meeting belongs to these days of the reader. What needs somebody now belongs to all of them. */
export function isInRange(meeting: MeetingView, range: Range, nowMs: number): boolean {
  const state = screenState(meeting, nowMs);
  if (range === "past") return isOver(state);
  if (range === "all" || state === "live" || state === "late" || state === "ready") return true;
  const start = startOf(meeting);
  if (start === null) return !isOver(state);
  const isTonight = start > nowMs && start - nowMs <= TONIGHT_MS;
  const isToday = isSameDay(start, nowMs) || isSameDay(overAt(meeting) ?? start, nowMs) || isTonight;
  return isToday || (range === "week" && start >= startOfDay(nowMs, 0) && start < startOfDay(nowMs, DAYS_OF_WEEK));
}

function overAt(meeting: MeetingView): number | null {
  const told = "ended_at" in meeting ? meeting.ended_at : null;
  return told === null ? endOf(meeting) : Date.parse(told);
}

/** Finds a meeting by what is written in its row, or by its number in Zoom, without case, accents and spaces between digits. */
function matcher(text: string): (meeting: MeetingView) => boolean {
  const words = folded(text).split(" ").filter(Boolean);
  const digits = text.replace(/\s/g, "");
  if (words.length === 0) return () => true;
  return (meeting) => {
    const written = folded(`${meeting.topic} ${meeting.class?.name ?? ""} ${meeting.host.name}`);
    if (words.every((word) => written.includes(word))) return true;
    return "zoom_meeting_id" in meeting && /^\d{3,}$/.test(digits) && meeting.zoom_meeting_id.includes(digits);
  };
}

/** Text as it is compared: without case and accents. */
export function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase()
    .replace(/\s+/g, " ");
}

/** The classes that occur, by name. */
export function classesIn(meetings: Iterable<MeetingView>): { id: string; name: string }[] {
  const byId = new Map<string, string>();
  for (const { class: one } of meetings) if (one !== null) byId.set(one.id, one.name);
  return [...byId].map(([id, name]) => ({ id, name })).sort((a, b) => compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
