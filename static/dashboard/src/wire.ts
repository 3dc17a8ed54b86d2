/**
 * What travels between the server and the dashboards. Made by scripts/wire from realtime/events.py: never edit it.
 */

/** A participant's row with the meeting it belongs to. */
export interface ActiveParticipant {
  id: string;
  userId: string | null;
  name: string;
  email: string;
  role: "host" | "staff" | "student" | "guest";
  matchedBy: ("registrant" | "zoom_user" | "email" | "name") | null;
  expected: boolean;
  state: "waiting_room" | "here" | "away" | "over";
  joinTime: string | null;
  leaveTime: string | null;
  durationSeconds: number;
  hereSince: string | null;
  rejoins: number;
  revision: number;
  meetingId: string;
}

/** The numbers of one meeting. */
export interface Analytics {
  totalParticipants: number;
  joinedCount: number;
  expectedCount: number;
  attendanceRate: number;
  totalDurationSeconds: number;
  avgDurationSeconds: number;
}

/** `getAnalytics`' answer. */
export interface AnalyticsAck {
  ok: true;
  analytics: Analytics;
}

/** A fresh login for the connection that is open. */
export interface AuthBody {
  token: string;
}

export interface AuthExpiring {
  in: number;
}

export interface BoardMeeting {
  id: string;
  topic: string;
  status: "waiting" | "started" | "ended" | "cancelled" | "deleted";
  start_time: string | null;
  duration: number;
  class: ClassRef | null;
  host: HostName;
  started_at: string | null;
  participantCount: number;
  expectedCount: number;
  hereCount: number;
  revision: number;
}

export interface ClassRef {
  id: string;
  name: string;
}

export interface HostName {
  name: string;
}

/** Somebody pressed Join. */
export interface ClickChange {
  meetingId: string;
  revision: number;
  participantCount: number;
  clickCount: number;
  click: ClickRow;
}

/** One press of Join. */
export interface ClickRow {
  id: string;
  userId: string;
  name: string;
  at: string;
  revision: number;
}

/** How many different people are in the room now; the latest value only. */
export interface CountUpdate {
  meetingId: string;
  participantCount: number;
}

/** A quiet connection's newest cursor, and the server's time. */
export interface CursorBody {
  cursor: string;
  serverTime: string;
}

/** It was done, and there is nothing to add. */
export interface Done {
  ok: true;
}

/** The server is going down; come back after so many milliseconds. */
export interface Drain {
  retryAfter: number;
}

/** Something a client did was refused. */
export interface ErrorBody {
  code: string;
  message: string;
}

export interface Host {
  id: string;
  name: string;
  email: string;
}

/**
 * The first frame: all this person may see now, or in `replay` nothing, and the missed events follow.
 *
 * `own` holds a learner's own state by meeting; `recentClicks` and `lastZoomEventAt` are for staff.
 */
export interface InitialState {
  mode: "snapshot" | "replay";
  activeMeetings: (StaffMeeting | LearnerMeeting | BoardMeeting)[];
  meetings: (StaffMeeting | LearnerMeeting | BoardMeeting)[];
  activeParticipants?: ActiveParticipant[];
  recentClicks?: RecentClick[];
  lastZoomEventAt?: string | null;
  own?: OwnAttendance[];
  recentNotifications: Notice[];
  you: You;
  serverTime: string;
  serverVersion: string;
  cursor: string;
  resume: string;
}

export interface StaffMeeting {
  id: string;
  meetingId: string;
  zoom_meeting_id: string;
  series: string | null;
  topic: string;
  title: string;
  agenda: string;
  status: "waiting" | "started" | "ended" | "cancelled" | "deleted";
  start_time: string | null;
  duration: number;
  timezone: string;
  class: ClassRef | null;
  audience: string;
  host: Host;
  join_url: string;
  started_at: string | null;
  ended_at: string | null;
  participantCount: number;
  expectedCount: number;
  hereCount: number;
  clickCount: number;
  revision: number;
  settings: MeetingSettings;
}

export interface MeetingSettings {
  host_video?: boolean;
  participant_video?: boolean;
  mute_upon_entry?: boolean;
  waiting_room?: boolean;
  join_before_host?: boolean;
  auto_recording?: "local" | "cloud" | "none";
}

export interface LearnerMeeting {
  id: string;
  meetingId: string;
  series: string | null;
  topic: string;
  title: string;
  agenda: string;
  status: "waiting" | "started" | "ended" | "cancelled" | "deleted";
  start_time: string | null;
  duration: number;
  timezone: string;
  class: ClassRef | null;
  audience: string;
  host: HostName;
  join_url: string;
  started_at: string | null;
  ended_at: string | null;
  participantCount: number;
  revision: number;
}

/** A press of Join in the last fifteen minutes, for the counter. */
export interface RecentClick {
  meetingId: string;
  at: string;
}

/** A learner's own state in a meeting, and of nobody else. */
export interface OwnAttendance {
  meetingId: string;
  revision: number;
  own: OwnState;
}

/** What the room knows of the learner who reads this. */
export interface OwnState {
  state: "not_seen" | "waiting_room" | "here" | "away" | "over";
}

/** A sentence for one person. */
export interface Notice {
  id: string;
  kind: string;
  text: string;
  meetingId?: string;
  at: string;
}

/** Who the server takes the reader for. */
export interface You {
  id: string;
  name: string;
  email: string;
  role: "admin" | "teacher" | "student" | "observer";
}

/** The people of the meeting now, for its staff; empty for learners. */
export interface JoinMeetingAck {
  ok: true;
  participants: ParticipantRow[];
}

/**
 * One person of one run: the union of all their visits. `userId` is ours, null while nobody knows who it is.
 *
 * `durationSeconds` counts finished stays; since `hereSince` a page counts by itself. State `over`: no longer live.
 */
export interface ParticipantRow {
  id: string;
  userId: string | null;
  name: string;
  email: string;
  role: "host" | "staff" | "student" | "guest";
  matchedBy: ("registrant" | "zoom_user" | "email" | "name") | null;
  expected: boolean;
  state: "waiting_room" | "here" | "away" | "over";
  joinTime: string | null;
  leaveTime: string | null;
  durationSeconds: number;
  hereSince: string | null;
  rejoins: number;
  revision: number;
}

/** Argument 1 of every event that is news. `cursor` is opaque and missing on ephemeral events. */
export interface Meta {
  v: 1;
  id: string;
  type: string;
  at: string;
  cursor?: string;
  replay?: boolean;
}

/** Somebody came, went or changed; the whole row. */
export interface ParticipantChange {
  meetingId: string;
  revision: number;
  participantCount: number;
  hereCount: number;
  participant: ParticipantRow;
}

/** It was not done, and why. */
export interface Refusal {
  ok: false;
  error: ErrorBody;
}

/** The newest `initialState.resume` and the newest cursor seen; both opaque. */
export interface ResumeBody {
  key: string;
  cursor: string;
}

/** The page should ask for a fresh picture. */
export interface Resync {
  reason: string;
}

/** What this person may now see. */
export interface ScopeAdded {
  meetings: (StaffMeeting | LearnerMeeting | BoardMeeting)[];
  activeParticipants: ActiveParticipant[];
}

/** What this person must forget. */
export interface ScopeRemoved {
  meetingIds: string[];
}

/** The click was kept under this id. */
export interface TrackAck {
  ok: true;
  trackingId: string;
}

/** A click, told over the socket; `id` is made by the page, so that a repeat is known as one. */
export interface TrackBody {
  id: string;
  meetingId: string;
  action: "join";
}

/** A meeting as this audience may see it. */
export type MeetingView = StaffMeeting | LearnerMeeting | BoardMeeting;

/** What the server sends, with its arguments. */
export interface ServerEvents {
  initialState: (body: InitialState) => void;
  meetingCreated: (body: MeetingView, meta: Meta) => void;
  meetingStarted: (body: MeetingView, meta: Meta) => void;
  meetingEnded: (body: MeetingView, meta: Meta) => void;
  meetingStatusUpdate: (body: MeetingView, meta: Meta) => void;
  participantJoined: (body: ParticipantChange, meta: Meta) => void;
  participantLeft: (body: ParticipantChange, meta: Meta) => void;
  participantStatusUpdate: (body: ParticipantChange, meta: Meta) => void;
  linkClicked: (body: ClickChange, meta: Meta) => void;
  attendanceUpdated: (body: OwnAttendance, meta: Meta) => void;
  countUpdate: (body: CountUpdate, meta: Meta) => void;
  notification: (body: Notice, meta: Meta) => void;
  scopeAdded: (body: ScopeAdded, meta: Meta) => void;
  scopeRemoved: (body: ScopeRemoved, meta: Meta) => void;
  cursor: (body: CursorBody) => void;
  resync: (body: Resync) => void;
  drain: (body: Drain) => void;
  authExpiring: (body: AuthExpiring) => void;
  error: (body: ErrorBody) => void;
}

/** What a page may send, with the answer it gets. */
export interface ClientCommands {
  /** brings the meeting's participants now (staff) */
  joinMeeting: (argument: string, ack: (answer: JoinMeetingAck | Refusal) => void) => void;
  /** kept for older dashboards; changes nothing */
  leaveMeeting: (argument: string, ack: (answer: Done | Refusal) => void) => void;
  /** brings the meeting's numbers (staff) */
  getAnalytics: (argument: string, ack: (answer: AnalyticsAck | Refusal) => void) => void;
  /** keeps a press of Join; idempotent by id */
  track: (argument: TrackBody, ack: (answer: TrackAck | Refusal) => void) => void;
  /** renews the login of this connection */
  auth: (argument: AuthBody, ack: (answer: Done | Refusal) => void) => void;
  /** catches up without reconnecting */
  resume: (argument: ResumeBody, ack: (answer: Done | Refusal) => void) => void;
}
