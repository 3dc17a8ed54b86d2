/**
 * Which classes were opened from this tab, and when.
 *
 * The link is followed by the browser and noted by the server; this is only for the words on the card, so it is kept
 * for the tab alone and lost without harm.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import { serverNow } from "../../clock";
import { dismissAbout } from "../../toasts";

const STORED = "rollcall.joins";

function restored(): ReadonlyMap<string, number> {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(STORED) ?? "[]") as [string, number][]);
  } catch {
    return new Map(); // not ours, or of another version
  }
}

const opened = signal(restored());

/** When each class was opened, in ms of the server's time. */
export const joins: ReadonlySignal<ReadonlyMap<string, number>> = opened;

export function noteJoin(meetingId: string): void {
  dismissAbout(meetingId); // "is live now" has been acted on
  keep(new Map(opened.value).set(meetingId, serverNow()));
}

/** The class is over: if it starts again, Join is offered anew. */
export function forgetJoin(meetingId: string): void {
  if (!opened.value.has(meetingId)) return;
  const left = new Map(opened.value);
  left.delete(meetingId);
  keep(left);
}

function keep(next: ReadonlyMap<string, number>): void {
  opened.value = next;
  sessionStorage.setItem(STORED, JSON.stringify([...next]));
}
