/**
 * For whom a meeting is, as its row or card names it.
 *
 * It exists so that a class is told from an open meeting once. It knows no texts: each page has its own words.
 */
import type { MeetingView } from "./wire";

const OPEN_TO = ["everyone", "students", "staff", "personal"] as const;
export type OpenTo = (typeof OPEN_TO)[number];

/** The class of a meeting by name, or else the page's word for those it is open to; null when it is for nobody named. */
export function forWhom(meeting: MeetingView, wordFor: (openTo: OpenTo) => string): string | null {
  if (meeting.class !== null) return meeting.class.name;
  const audience = "audience" in meeting ? meeting.audience : "";
  const openTo = OPEN_TO.find((name) => name === audience);
  return openTo === undefined ? null : wordFor(openTo);
}
