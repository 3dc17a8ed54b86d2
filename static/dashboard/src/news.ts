/**
 * What a person should be told when one picture follows another.
 *
 * It exists because the same sentences come from single events, from a replay and from two snapshots with a gap
 * between them: all three are a difference of states. Pure; it knows no texts, only kinds.
 */
import type { State } from "./store";
import type { MeetingView } from "./wire";

export type NewsKind = "created" | "started" | "ended" | "moved" | "cancelled";

export interface News {
  readonly kind: NewsKind;
  readonly meeting: MeetingView;
}

/** What changed between two pictures; nothing when the first was empty. What only went out of sight is no news. */
export function newsBetween(before: State, after: State): News[] {
  if (!before.isReady || before.meetings === after.meetings) return [];
  const news: News[] = [];
  for (const meeting of after.meetings.values()) {
    const known = before.meetings.get(meeting.id);
    if (known === meeting) continue;
    const kind = kindOf(known, meeting);
    if (kind !== null) news.push({ kind, meeting });
  }
  return news;
}

function kindOf(before: MeetingView | undefined, after: MeetingView): NewsKind | null {
  if (after.status !== before?.status) {
    if (after.status === "started") return "started";
    if (before === undefined) return after.status === "waiting" ? "created" : null;
    if (after.status === "ended") return "ended";
    return after.status === "cancelled" ? "cancelled" : null;
  }
  return after.status === "waiting" && after.start_time !== before.start_time ? "moved" : null;
}
