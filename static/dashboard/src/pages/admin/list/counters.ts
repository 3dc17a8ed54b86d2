/** The five numbers above the list. Pure; the time is handed in. */
import { isStaffView, type State } from "../../../store";
import type { ParticipantRow } from "../../../wire";

export const CLICKS_OF_MS = 15 * 60_000;
/** Zoom tells of every arrival: silence for so long while a class is live is worth a look. */
export const QUIET_AFTER_MS = 2 * 60_000;

export interface Counters {
  readonly live: number;
  readonly people: number;
  /** Expected and not seen in the room at all, over the live meetings: whoever has left again is not among them. */
  readonly missing: number;
  readonly clicks: number;
  /** In ms; null before the first word of Zoom. */
  readonly zoomAt: number | null;
  readonly isZoomQuiet: boolean;
}

type Counted = Pick<State, "meetings" | "participants" | "recentClicks" | "lastZoomEventAt">;

export function countersOf(
  { meetings, participants, recentClicks, lastZoomEventAt }: Counted,
  nowMs: number,
): Counters {
  const live = [...meetings.values()].filter(({ status }) => status === "started");
  const zoomAt = lastZoomEventAt === null ? null : Date.parse(lastZoomEventAt);
  return {
    live: live.length,
    people: live.reduce((sum, { participantCount }) => sum + participantCount, 0),
    missing: live
      .filter(isStaffView)
      .reduce((sum, { id, expectedCount }) => sum + Math.max(0, expectedCount - seen(participants.get(id))), 0),
    clicks: recentClicks.filter(({ at }) => Date.parse(at) > nowMs - CLICKS_OF_MS).length,
    zoomAt,
    isZoomQuiet: live.length > 0 && (zoomAt === null || nowMs - zoomAt > QUIET_AFTER_MS),
  };
}

/** How many of those who were expected have been in the room, by the rows of a live meeting. */
function seen(rows: ReadonlyMap<string, ParticipantRow> | undefined): number {
  return [...(rows?.values() ?? [])].filter(({ expected, joinTime }) => expected && joinTime !== null).length;
}
