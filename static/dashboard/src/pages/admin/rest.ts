/** What staff ask the server: one function for each call, and the shapes of the answers. It keeps nothing. */
import { call } from "../../api";
import type { Analytics, MeetingView, ParticipantRow, StaffMeeting } from "../../wire";
import type { Expected } from "./drawer/groups";
import { PAGE_SIZE, type Filters } from "./list/filters";

export interface PeopleAnswer {
  readonly meeting: StaffMeeting;
  readonly participants: readonly ParticipantRow[];
  readonly expectedAttendees: readonly Expected[];
  readonly stats: Analytics;
}

const of = (id: string): string => `/api/zoom/meetings/${encodeURIComponent(id)}`;

export const readPeople = (id: string): Promise<PeopleAnswer> => call("GET", `${of(id)}/participants`);

/** The passcode comes with it for those who may change the meeting. */
export const readMeeting = (id: string): Promise<{ meeting: MeetingView & { password?: string } }> =>
  call("GET", of(id));

export const createMeeting = (body: unknown, idempotencyKey: string): Promise<{ meeting: StaffMeeting }> =>
  call("POST", "/api/zoom/meetings", { body, idempotencyKey, deadlineMs: 30_000 });

/** `not_taken` names what Zoom has otherwise than asked. */
export const changeMeeting = (id: string, body: unknown): Promise<{ meeting: StaffMeeting; not_taken: string[] }> =>
  call("PATCH", of(id), { body, deadlineMs: 30_000 });

export const endMeeting = (id: string): Promise<unknown> => call("POST", `${of(id)}/end`);
export const cancelMeeting = (id: string): Promise<unknown> => call("POST", `${of(id)}/cancel`);
export const deleteMeeting = (id: string): Promise<unknown> => call("DELETE", of(id));

export interface PastPage {
  readonly meetings: readonly MeetingView[];
  readonly next: string | null;
}

const STATUS_OF = { ended: "ended", notStarted: "waiting", cancelled: "cancelled" } as const;

/** A page of the meetings that are over, the newest first, from the one after `after`. */
export function readPast({ state, classId, text }: Filters, after: string): Promise<PastPage> {
  const query = new URLSearchParams({ tab: "past", limit: String(PAGE_SIZE) });
  if (state !== null && state in STATUS_OF) query.set("status", STATUS_OF[state as keyof typeof STATUS_OF]);
  if (classId !== "") query.set("class", classId);
  if (text !== "") query.set("q", text);
  if (after !== "") query.set("after", after);
  return call("GET", `/api/zoom/meetings?${query}`);
}

export interface Delivery {
  readonly id: string;
  readonly received_at: string;
  readonly kind: string;
  readonly outcome: string;
  readonly problem: string;
}

/** The newest notifications of Zoom that were kept and not understood. */
export const readNotUnderstood = (): Promise<{ deliveries: readonly Delivery[]; counts: Record<string, number> }> =>
  call("GET", "/api/deliveries?outcome=not_understood");
