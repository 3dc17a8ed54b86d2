/**
 * A meeting as it stands in the dialog: what it starts with, what is wrong with it, what is sent.
 *
 * Pure: it knows neither fields on a screen nor requests. Numbers stay the text that was typed until they are sent.
 */
import type { MeetingSettings, StaffMeeting } from "../../../wire";
import { instantOf, wallClock } from "./zones";

export const AUDIENCES = ["class", "everyone", "students", "staff", "personal"] as const;
export type Audience = (typeof AUDIENCES)[number];
export const RECORDINGS = ["none", "local", "cloud"] as const;
export type Recording = (typeof RECORDINGS)[number];

export const LONGEST_TOPIC = 200;
export const LONGEST_AGENDA = 2_000;
export const LONGEST_PASSCODE = 10;
export const LONGEST_MIN = 1_440;
export const QUICK_MINUTES = [30, 45, 60, 90] as const;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export interface Draft {
  readonly topic: string;
  readonly agenda: string;
  /** Empty: no class. */
  readonly classId: string;
  readonly date: string;
  readonly time: string;
  readonly minutes: string;
  readonly timeZone: string;
  readonly audience: Audience;
  /** Empty: whoever makes the meeting. */
  readonly hostId: string;
  readonly waitingRoom: boolean;
  readonly muteOnEntry: boolean;
  readonly hostVideo: boolean;
  readonly participantVideo: boolean;
  readonly joinBeforeHost: boolean;
  readonly passcode: string;
  readonly recording: Recording;
}

export type FieldName = keyof Draft;

/** A meeting for one hour from now. */
export function newDraft(nowMs: number, timeZone: string, classId: string, passcode: string): Draft {
  return {
    topic: "",
    agenda: "",
    classId,
    ...wallClock(nowMs + HOUR_MS, timeZone),
    minutes: "60",
    timeZone,
    audience: usualAudience(classId),
    hostId: "",
    waitingRoom: true,
    muteOnEntry: true,
    hostVideo: true,
    participantVideo: true,
    joinBeforeHost: false,
    passcode,
    recording: "none",
  };
}

/** A meeting as it is, to be changed. `nowMs` stands in for a start it does not have. */
export function draftOf(meeting: StaffMeeting, passcode: string, nowMs: number, ownZone: string): Draft {
  const timeZone = meeting.timezone || ownZone;
  const { settings } = meeting;
  return {
    topic: meeting.topic,
    agenda: meeting.agenda,
    classId: meeting.class?.id ?? "",
    ...wallClock(meeting.start_time === null ? nowMs : Date.parse(meeting.start_time), timeZone),
    minutes: String(meeting.duration),
    timeZone,
    audience: AUDIENCES.find((name) => name === meeting.audience) ?? usualAudience(meeting.class?.id ?? ""),
    hostId: meeting.host.id,
    waitingRoom: settings.waiting_room ?? false,
    muteOnEntry: settings.mute_upon_entry ?? false,
    hostVideo: settings.host_video ?? false,
    participantVideo: settings.participant_video ?? false,
    joinBeforeHost: settings.join_before_host ?? false,
    passcode,
    recording: settings.auto_recording ?? "none",
  };
}

/** Who is invited unless somebody says otherwise. */
export function usualAudience(classId: string): Audience {
  return classId === "" ? "everyone" : "class";
}

/** The draft after a field was changed; what follows from it follows. */
export function withChange<Name extends FieldName>(draft: Draft, name: Name, value: Draft[Name]): Draft {
  const next = { ...draft, [name]: value };
  if (name !== "classId") return next;
  const isUsual = draft.audience === usualAudience(draft.classId);
  const needsOther = isUsual || (next.classId === "" && next.audience === "class");
  return { ...next, audience: needsOther ? usualAudience(next.classId) : next.audience };
}

/** When it starts, in ms; null when the fields do not say. */
export function startOfDraft(draft: Draft): number | null {
  return instantOf(draft, draft.timeZone);
}

/** When it ends, in ms; null when the fields do not say. */
export function endOfDraft(draft: Draft): number | null {
  const start = startOfDraft(draft);
  return start === null || !isMinutes(draft.minutes) ? null : start + Number(draft.minutes) * MINUTE_MS;
}

export type Problem =
  | "topicMissing"
  | "topicLong"
  | "agendaLong"
  | "classMissing"
  | "dateMissing"
  | "timeMissing"
  | "startPast"
  | "minutesWrong"
  | "passcodeWrong";

export type Problems = Readonly<Partial<Record<FieldName, Problem>>>;

/** The order of the fields on the screen: the first wrong one is focused. */
export const FIELD_ORDER: readonly FieldName[] = [
  "topic",
  "agenda",
  "classId",
  "date",
  "time",
  "minutes",
  "timeZone",
  "audience",
  "hostId",
  "passcode",
  "recording",
];

/** What is wrong, by field. `before` is the meeting as it was, of which a start in the past is no fault of the person. */
export function problemsOf(draft: Draft, nowMs: number, needsClass: boolean, before?: Draft): Problems {
  const problems: Partial<Record<FieldName, Problem>> = {};
  const topic = draft.topic.trim();
  if (topic === "") problems.topic = "topicMissing";
  else if ([...topic].length > LONGEST_TOPIC) problems.topic = "topicLong";
  if ([...draft.agenda.trim()].length > LONGEST_AGENDA) problems.agenda = "agendaLong";
  if (needsClass && draft.classId === "") problems.classId = "classMissing";
  if (draft.date === "") problems.date = "dateMissing";
  if (draft.time === "") problems.time = "timeMissing";
  const start = startOfDraft(draft);
  const isMoved = before === undefined || start !== startOfDraft(before);
  if (start !== null && start <= nowMs - MINUTE_MS && isMoved) problems.time = "startPast";
  if (!isMinutes(draft.minutes)) problems.minutes = "minutesWrong";
  const isKept = before !== undefined && before.passcode === draft.passcode;
  if (!isKept && !/^[A-Za-z0-9]{1,10}$/.test(draft.passcode)) problems.passcode = "passcodeWrong";
  return problems;
}

function isMinutes(text: string): boolean {
  return /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= LONGEST_MIN;
}

/** What is sent to make the meeting. */
export function bodyOf(draft: Draft): Record<string, unknown> {
  return {
    topic: draft.topic.trim(),
    agenda: draft.agenda.trim(),
    start_time: startText(draft),
    duration: Number(draft.minutes),
    timezone: draft.timeZone,
    password: draft.passcode,
    ...(draft.classId !== "" && { class_id: draft.classId }),
    audience: draft.audience,
    ...(draft.hostId !== "" && { host: draft.hostId }),
    settings: settingsOf(draft),
  };
}

/** What is sent to change it: only what is different. Empty: nothing is. */
export function changesOf(before: Draft, after: Draft): Record<string, unknown> {
  const was = bodyOf(before);
  const is = bodyOf(after);
  const changes = Object.fromEntries(
    Object.entries(is).filter(([name, value]) => name !== "settings" && value !== was[name]),
  );
  if (before.classId !== after.classId) {
    changes["class_id"] = after.classId === "" ? null : after.classId;
    changes["audience"] = after.audience; // said with the class, as another class would bring its own
  }
  const wasSet = Object.entries(settingsOf(before));
  const set = Object.entries(settingsOf(after)).filter(([, value], place) => value !== wasSet[place]?.[1]);
  if (set.length > 0) changes["settings"] = Object.fromEntries(set);
  return changes;
}

function startText(draft: Draft): string | undefined {
  const start = startOfDraft(draft);
  return start === null ? undefined : new Date(start).toISOString().replace(".000Z", "Z");
}

function settingsOf(draft: Draft): Required<MeetingSettings> {
  return {
    waiting_room: draft.waitingRoom,
    mute_upon_entry: draft.muteOnEntry,
    host_video: draft.hostVideo,
    participant_video: draft.participantVideo,
    join_before_host: draft.joinBeforeHost,
    auto_recording: draft.recording,
  };
}

/** Which field the server means by its name. */
const FIELD_OF: Readonly<Record<string, FieldName>> = {
  topic: "topic",
  agenda: "agenda",
  class_id: "classId",
  start_time: "time",
  duration: "minutes",
  timezone: "timeZone",
  audience: "audience",
  host: "hostId",
  password: "passcode",
  waiting_room: "waitingRoom",
  mute_upon_entry: "muteOnEntry",
  host_video: "hostVideo",
  participant_video: "participantVideo",
  join_before_host: "joinBeforeHost",
  auto_recording: "recording",
  duration_min: "minutes", // as Zoom's side of the server calls these two
  passcode: "passcode",
};

/** The field that a name like `settings.waiting_room` means. */
export function fieldNamed(name: string): FieldName | undefined {
  return FIELD_OF[name.split(".").at(-1) ?? name];
}

const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"; // none that look alike

/** A passcode nobody guesses and everybody can read out. */
export function newPasscode(): string {
  const bytes = crypto.getRandomValues(new Uint32Array(6));
  return [...bytes].map((number) => LETTERS[number % LETTERS.length]).join("");
}
