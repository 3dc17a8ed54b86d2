/** Meetings, people and messages for tests: sound ones, of which a test names only what it is about. */
import type { EventMessage } from "../store";
import type { InitialState, LearnerMeeting, Meta, ParticipantRow, StaffMeeting } from "../wire";

export const NOON = Date.parse("2026-11-23T12:00:00Z");
export const MINUTE = 60_000;

/** `minutes` after noon, as it travels. */
export const at = (minutes: number): string => new Date(NOON + minutes * MINUTE).toISOString();

export function learnerMeeting(given: Partial<LearnerMeeting> = {}): LearnerMeeting {
  return {
    id: "m1",
    meetingId: "m1",
    series: null,
    topic: "Algebra",
    title: "Algebra",
    agenda: "",
    status: "waiting",
    start_time: at(0),
    duration: 60,
    timezone: "Asia/Manila",
    class: { id: "c1", name: "Grade 9 Rizal" },
    audience: "class",
    host: { name: "Ms. Santos" },
    join_url: "/join/m1",
    started_at: null,
    ended_at: null,
    participantCount: 0,
    revision: 1,
    ...given,
  };
}

export function staffMeeting(given: Partial<StaffMeeting> = {}): StaffMeeting {
  return {
    ...learnerMeeting(),
    zoom_meeting_id: "84522910763",
    host: { id: "u2", name: "Ms. Santos", email: "santos@demo.school" },
    expectedCount: 30,
    hereCount: 0,
    clickCount: 0,
    settings: {},
    ...given,
  };
}

export function row(given: Partial<ParticipantRow> = {}): ParticipantRow {
  return {
    id: "p1",
    userId: "u1",
    name: "Liza Manalo",
    email: "liza@demo.school",
    role: "student",
    matchedBy: "registrant",
    expected: true,
    state: "here",
    joinTime: at(1),
    leaveTime: null,
    durationSeconds: 0,
    hereSince: at(1),
    rejoins: 0,
    revision: 1,
    ...given,
  };
}

export function snapshot(given: Partial<InitialState> = {}): InitialState {
  return {
    mode: "snapshot",
    activeMeetings: [],
    meetings: [],
    recentNotifications: [],
    you: { id: "u1", name: "Liza Manalo", email: "liza@demo.school", role: "student" },
    serverTime: at(0),
    serverVersion: "0.1.0",
    cursor: "c0",
    resume: "k0",
    ...given,
  };
}

let lastEvent = 0;

export function meta(type: string, given: Partial<Meta> = {}): Meta {
  lastEvent += 1;
  return { v: 1, id: `e${lastEvent}`, type, at: at(2), cursor: `c${lastEvent}`, ...given };
}

/** An event as the socket hands it to the store. */
export function event<Name extends EventMessage["name"]>(
  name: Name,
  body: Extract<EventMessage, { name: Name }>["body"],
  given: Partial<Meta> = {},
): EventMessage {
  return { name, body, meta: meta(name, given) } as EventMessage;
}
