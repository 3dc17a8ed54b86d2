/**
 * What this page knows, and what a message makes of it: (state, message) -> state.
 *
 * The one place where the snapshot and the events that follow it become a picture. Rules: of a meeting and of a
 * person's row the highest revision wins, so that repeated and late events are harmless; a snapshot replaces
 * everything, a replay keeps everything; the people of a meeting are kept only while it is not over. Pure: it knows
 * no socket, no clock, no page. Values are never changed in place: what is the same object is the same content, so
 * views compare by identity.
 *
 * For views:
 *   `meetings`      every meeting this person may see, by id; for staff each is a `StaffMeeting` (see `isStaffView`)
 *   `participants`  by meeting id, then by row id; only meetings that are not over; empty for learners
 *   `clicks`        by meeting id, presses of Join heard since the page was opened, newest last
 *   `recentClicks`  presses of Join of all meetings, for "last 15 min"; views drop those that have become older
 *   `own`           a learner's own state, by meeting id; only meetings that are not over, and none while not seen
 *   `removed`       meetings this page saw go, with the revision they went at: "This meeting was removed"
 *   `isReady`       false until the first snapshot: draw skeletons
 */
import type {
  ClickChange,
  ClickRow,
  InitialState,
  MeetingView,
  Meta,
  Notice,
  OwnAttendance,
  ParticipantChange,
  ParticipantRow,
  RecentClick,
  ScopeAdded,
  ServerEvents,
  StaffMeeting,
  You,
} from "./wire";

export type Rows = ReadonlyMap<string, ParticipantRow>;

export interface State {
  readonly isReady: boolean;
  readonly you: You | null;
  readonly serverVersion: string;
  readonly meetings: ReadonlyMap<string, MeetingView>;
  readonly participants: ReadonlyMap<string, Rows>;
  readonly clicks: ReadonlyMap<string, readonly ClickRow[]>;
  readonly recentClicks: readonly RecentClick[];
  readonly own: ReadonlyMap<string, OwnAttendance>;
  readonly notices: readonly Notice[];
  readonly removed: ReadonlyMap<string, number>;
  readonly lastZoomEventAt: string | null;
}

export const EMPTY: State = {
  isReady: false,
  you: null,
  serverVersion: "",
  meetings: new Map(),
  participants: new Map(),
  clicks: new Map(),
  recentClicks: [],
  own: new Map(),
  notices: [],
  removed: new Map(),
  lastZoomEventAt: null,
};

/** An event as socket.ts hands it on, one member for each name of the registry. */
export type EventMessage = {
  [Name in keyof ServerEvents]: {
    readonly name: Name;
    readonly body: Parameters<ServerEvents[Name]>[0];
    readonly meta?: Meta;
  };
}[keyof ServerEvents];

/** What is running or still to come, read over REST while the socket is down. */
export interface ListingMessage {
  readonly name: "listing";
  readonly body: {
    readonly meetings: readonly MeetingView[];
    /** Where the next page begins; null when this is all there is. */
    readonly next: string | null;
  };
  readonly meta?: Meta;
}

export type Message = EventMessage | ListingMessage;

const MOST_NOTICES = 100;
const MOST_CLICKS = 2_000; // of a quarter of an hour, in a school of thousands

/** Whether this view of a meeting is the one its staff gets. */
export function isStaffView(meeting: MeetingView): meeting is StaffMeeting {
  return "clickCount" in meeting;
}

/** What `message` makes of `state`; the same object when it changes nothing. */
export function reduce(state: State, message: Message): State {
  switch (message.name) {
    case "initialState":
      return message.body.mode === "snapshot" ? fromSnapshot(message.body, state) : afterReplay(state, message.body);
    case "meetingCreated":
    case "meetingStarted":
    case "meetingEnded":
    case "meetingStatusUpdate":
      return noteZoom(changeMeeting(state, message.body, message.name === "meetingStarted"), message);
    case "participantJoined":
    case "participantLeft":
    case "participantStatusUpdate":
      return noteZoom(changeParticipant(state, message.body), message);
    case "linkClicked":
      return addClick(state, message.body);
    case "attendanceUpdated":
      return changeOwn(state, message.body);
    case "countUpdate":
      return changeCount(state, message.body.meetingId, message.body.participantCount);
    case "notification":
      return addNotice(state, message.body);
    case "scopeAdded":
      return widen(state, message.body);
    case "scopeRemoved":
      return message.body.meetingIds.reduce(forget, state);
    case "listing":
      return takeListing(state, message.body);
    case "cursor":
    case "resync":
    case "drain":
    case "authExpiring":
    case "error":
      return state; // about the connection, not about meetings
  }
}

function fromSnapshot(body: InitialState, before: State): State {
  const meetings = new Map(body.meetings.map((meeting) => [meeting.id, meeting]));
  for (const meeting of body.activeMeetings) meetings.set(meeting.id, meeting);
  return {
    isReady: true,
    you: body.you,
    serverVersion: body.serverVersion,
    meetings,
    participants: grouped(body.activeParticipants ?? []),
    clicks: new Map([...before.clicks].filter(([id]) => meetings.has(id))),
    recentClicks: body.recentClicks ?? [],
    own: new Map((body.own ?? []).map((own) => [own.meetingId, own])),
    notices: body.recentNotifications,
    removed: new Map([...before.removed].filter(([id]) => !meetings.has(id))),
    lastZoomEventAt: body.lastZoomEventAt ?? null,
  };
}

function afterReplay(state: State, body: InitialState): State {
  return { ...state, isReady: true, you: body.you, serverVersion: body.serverVersion };
}

function grouped(rows: readonly (ParticipantRow & { meetingId: string })[]): Map<string, Rows> {
  const byMeeting = new Map<string, Map<string, ParticipantRow>>();
  for (const { meetingId, ...row } of rows) {
    const known = byMeeting.get(meetingId) ?? new Map<string, ParticipantRow>();
    byMeeting.set(meetingId, known.set(row.id, row));
  }
  return byMeeting;
}

function isRunning(meeting: MeetingView | undefined): boolean {
  return meeting?.status === "waiting" || meeting?.status === "started";
}

function changeMeeting(state: State, meeting: MeetingView, isStart: boolean): State {
  const known = state.meetings.get(meeting.id);
  if (known !== undefined && meeting.revision <= known.revision) return state;
  if (known === undefined && meeting.revision <= (state.removed.get(meeting.id) ?? -1)) return state;
  if (meeting.status === "deleted") {
    return { ...forget(state, meeting.id), removed: new Map(state.removed).set(meeting.id, meeting.revision) };
  }
  const isNewRun = isStart && known?.status === "started";
  const isEmptied = isNewRun || !isRunning(meeting);
  return {
    ...state,
    removed: without(state.removed, meeting.id),
    meetings: new Map(state.meetings).set(meeting.id, meeting),
    participants: isEmptied ? without(state.participants, meeting.id) : state.participants,
    own: isEmptied ? without(state.own, meeting.id) : state.own,
  };
}

/** A started meeting that a whole list does not name is over: it goes, and the next snapshot says how it ended. */
function takeListing(state: State, { meetings, next }: ListingMessage["body"]): State {
  const listed = new Set(meetings.map(({ id }) => id));
  const isOver = ({ id, status }: MeetingView) => next === null && status === "started" && !listed.has(id);
  const over = [...state.meetings.values()].filter(isOver).map(({ id }) => id);
  const isGone = ({ id, revision }: MeetingView) => revision <= (state.removed.get(id) ?? -1);
  return meetings.filter((meeting) => !isGone(meeting)).reduce(takeMeeting, over.reduce(forget, state));
}

/** A meeting read afresh, by a door that also knows counts which have no revision: as good as the newest. */
function takeMeeting(state: State, meeting: MeetingView): State {
  const known = state.meetings.get(meeting.id);
  if (known !== undefined && meeting.revision < known.revision) return state;
  return {
    ...state,
    removed: without(state.removed, meeting.id),
    meetings: new Map(state.meetings).set(meeting.id, meeting),
    participants: isRunning(meeting) ? state.participants : without(state.participants, meeting.id),
  };
}

function changeParticipant(state: State, change: ParticipantChange): State {
  const { meetingId, participant: row } = change;
  const counted = changeNumbers(state, change, { hereCount: change.hereCount });
  if (!isRunning(counted.meetings.get(meetingId))) return counted;
  const rows = counted.participants.get(meetingId) ?? new Map<string, ParticipantRow>();
  const known = rows.get(row.id);
  if (known !== undefined && row.revision <= known.revision) return counted;
  const left = row.state === "over" ? without(rows, row.id) : new Map(rows).set(row.id, row); // over: it is another row's
  return left === rows ? counted : { ...counted, participants: new Map(counted.participants).set(meetingId, left) };
}

function changeNumbers(
  state: State,
  change: Pick<ParticipantChange, "meetingId" | "revision" | "participantCount">,
  more: { hereCount?: number; clickCount?: number },
): State {
  const meeting = state.meetings.get(change.meetingId);
  if (meeting === undefined || change.revision <= meeting.revision) return state;
  const { revision, participantCount } = change;
  const meetings = new Map(state.meetings).set(meeting.id, { ...meeting, ...more, revision, participantCount });
  return { ...state, meetings };
}

function addClick(state: State, change: ClickChange): State {
  const { meetingId, click } = change;
  const known = state.clicks.get(meetingId) ?? [];
  if (known.some(({ id }) => id === click.id)) return state;
  const counted = changeNumbers(state, change, { clickCount: change.clickCount });
  return {
    ...counted,
    clicks: new Map(counted.clicks).set(meetingId, [...known, click]),
    recentClicks: [...counted.recentClicks, { meetingId, at: click.at }].slice(-MOST_CLICKS),
  };
}

function changeOwn(state: State, own: OwnAttendance): State {
  const known = state.own.get(own.meetingId);
  if (!isRunning(state.meetings.get(own.meetingId))) return state;
  if (known !== undefined && own.revision <= known.revision) return state;
  if (own.own.state === "not_seen") return { ...state, own: without(state.own, own.meetingId) };
  return { ...state, own: new Map(state.own).set(own.meetingId, own) };
}

/** Counts to learners carry no revision; they may come late, so one that comes after the end is not believed. */
function changeCount(state: State, id: string, participantCount: number): State {
  const meeting = state.meetings.get(id);
  if (meeting === undefined || !isRunning(meeting) || meeting.participantCount === participantCount) return state;
  return { ...state, meetings: new Map(state.meetings).set(id, { ...meeting, participantCount }) };
}

function addNotice(state: State, notice: Notice): State {
  if (state.notices.some(({ id }) => id === notice.id)) return state;
  return { ...state, notices: [notice, ...state.notices].slice(0, MOST_NOTICES) };
}

function widen(state: State, scope: ScopeAdded): State {
  const seen = scope.meetings.reduce(takeMeeting, state);
  const participants = new Map([...seen.participants, ...grouped(scope.activeParticipants)]);
  return { ...seen, participants };
}

function forget(state: State, id: string): State {
  return {
    ...state,
    meetings: without(state.meetings, id),
    participants: without(state.participants, id),
    clicks: without(state.clicks, id),
    own: without(state.own, id),
    recentClicks: state.recentClicks.filter((click) => click.meetingId !== id),
  };
}

/** News that only Zoom brings: their age is what staff watch. */
function noteZoom(state: State, message: Message): State {
  const at = message.meta?.at;
  if (at === undefined || message.name === "meetingCreated" || message.name === "meetingStatusUpdate") return state;
  return state.lastZoomEventAt !== null && at <= state.lastZoomEventAt ? state : { ...state, lastZoomEventAt: at };
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  if (!map.has(key)) return map;
  const left = new Map(map);
  left.delete(key);
  return left;
}
