/**
 * Which card stands where on a student's page.
 *
 * Pure: meetings and a moment in, lists out. Days are the reader's own; a week is today and the six days after it, as
 * on a Sunday nobody means the six before.
 */
import { DAYS_OF_WEEK, isSameDay, startOfDay } from "../../i18n/times";
import { endOf, screenState, startOf, type ScreenState } from "../../states";
import type { MeetingView } from "../../wire";

/** A class that is over stays where it was for so long, so that nobody wonders where it went. */
export const FOLDS_AFTER_MS = 60_000;

export const SECTIONS = ["now", "laterToday", "thisWeek", "afterThisWeek", "earlierToday"] as const;
export type Section = (typeof SECTIONS)[number];
export type Sections = Readonly<Record<Section, readonly MeetingView[]>>;

/** The meetings of each section, in the order in which they are drawn. */
export function sectionsOf(meetings: Iterable<MeetingView>, nowMs: number): Sections {
  const sections: Record<Section, MeetingView[]> = {
    now: [],
    laterToday: [],
    thisWeek: [],
    afterThisWeek: [],
    earlierToday: [],
  };
  for (const meeting of meetings) {
    const section = sectionOf(meeting, nowMs);
    if (section !== null) sections[section].push(meeting);
  }
  for (const name of SECTIONS) sections[name].sort(byPlace(nowMs));
  sections.earlierToday.reverse();
  return sections;
}

/** Where a meeting belongs; null: nowhere on this page. */
export function sectionOf(meeting: MeetingView, nowMs: number): Section | null {
  const start = startOf(meeting);
  switch (screenState(meeting, nowMs)) {
    case "live":
    case "late":
    case "ready":
      return "now";
    case "scheduled":
      return upcoming(start ?? nowMs, nowMs);
    case "cancelled":
      if (start === null) return null;
      return start > nowMs ? upcoming(start, nowMs) : earlier(start, nowMs);
    case "ended":
      if (endedAt(meeting, nowMs) > nowMs - FOLDS_AFTER_MS) return "now";
      return earlier(endedAt(meeting, nowMs), nowMs);
    case "notStarted":
      return null;
  }
}

/** When it was over, in ms; what was scheduled when nobody told. */
export function endedAt(meeting: MeetingView, nowMs: number): number {
  const told = "ended_at" in meeting && meeting.ended_at !== null ? Date.parse(meeting.ended_at) : null;
  return told ?? Math.min(endOf(meeting) ?? 0, nowMs - FOLDS_AFTER_MS);
}

function upcoming(start: number, nowMs: number): Section {
  if (isSameDay(start, nowMs)) return "laterToday";
  return start < startOfDay(nowMs, DAYS_OF_WEEK) ? "thisWeek" : "afterThisWeek";
}

function earlier(at: number, nowMs: number): Section | null {
  return isSameDay(at, nowMs) ? "earlierToday" : null;
}

const RANKS: Readonly<Partial<Record<ScreenState, number>>> = { live: 0, ended: 1, late: 2, ready: 3 };

function byPlace(nowMs: number): (a: MeetingView, b: MeetingView) => number {
  const rank = (meeting: MeetingView) => RANKS[screenState(meeting, nowMs)] ?? 4;
  return (a, b) => rank(a) - rank(b) || (startOf(a) ?? 0) - (startOf(b) ?? 0) || (a.topic < b.topic ? -1 : 1);
}

/** The next class that has a time and has not begun; what an empty page and the voice speak of. */
export function nextClass(meetings: Iterable<MeetingView>, nowMs: number): MeetingView | null {
  let next: MeetingView | null = null;
  for (const meeting of meetings) {
    const start = startOf(meeting);
    if (meeting.status !== "waiting" || start === null || start <= nowMs) continue;
    if (next === null || start < (startOf(next) ?? 0)) next = meeting;
  }
  return next;
}
