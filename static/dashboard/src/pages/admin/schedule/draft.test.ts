import { expect, test } from "vitest";
import { at, NOON, staffMeeting } from "../../../testing/builders";
import {
  bodyOf,
  changesOf,
  draftOf,
  fieldNamed,
  newDraft,
  newPasscode,
  problemsOf,
  startOfDraft,
  withChange,
  type Draft,
} from "./draft";

const MANILA = "Asia/Manila";
const draft = (given: Partial<Draft> = {}): Draft => ({
  ...newDraft(NOON, MANILA, "", "7kQ2mD"),
  topic: "Algebra",
  ...given,
});

test("a new meeting is for one hour from now, for an hour, with the room closed and quiet", () => {
  expect(bodyOf(draft())).toEqual({
    topic: "Algebra",
    agenda: "",
    start_time: "2026-11-23T13:00:00Z",
    duration: 60,
    timezone: MANILA,
    password: "7kQ2mD",
    audience: "everyone",
    settings: {
      waiting_room: true,
      mute_upon_entry: true,
      host_video: true,
      participant_video: true,
      join_before_host: false,
      auto_recording: "none",
    },
  });
});

test("with a class its members are invited, unless somebody said otherwise", () => {
  expect(newDraft(NOON, MANILA, "c1", "x").audience).toBe("class");
  expect(withChange(draft(), "classId", "c1").audience).toBe("class");
  expect(withChange(draft({ audience: "students" }), "classId", "c1").audience).toBe("students");
  expect(withChange(draft({ classId: "c1", audience: "class" }), "classId", "").audience).toBe("everyone");
});

test.each([
  ["topic", { topic: "   " }, "topicMissing"],
  ["topic", { topic: "x".repeat(201) }, "topicLong"],
  ["agenda", { agenda: "x".repeat(2_001) }, "agendaLong"],
  ["date", { date: "" }, "dateMissing"],
  ["time", { time: "" }, "timeMissing"],
  ["time", { time: "19:58" }, "startPast"],
  ["minutes", { minutes: "0" }, "minutesWrong"],
  ["minutes", { minutes: "1441" }, "minutesWrong"],
  ["minutes", { minutes: "an hour" }, "minutesWrong"],
  ["passcode", { passcode: "" }, "passcodeWrong"],
  ["passcode", { passcode: "with space" }, "passcodeWrong"],
] as const)("%s is wrong when it is %j", (field, given, problem) => {
  expect(problemsOf(draft(given), NOON, false)).toEqual({ [field]: problem });
});

test("a sound draft has no problems; a start within this minute is not in the past", () => {
  expect(problemsOf(draft(), NOON, false)).toEqual({});
  expect(problemsOf(draft({ time: "20:00" }), NOON + 30_000, false)).toEqual({});
});

test("a teacher chooses a class", () => {
  expect(problemsOf(draft(), NOON, true)).toEqual({ classId: "classMissing" });
});

test("of a meeting that is changed, a start that has passed is no fault while it stays", () => {
  const before = draftOf(staffMeeting({ start_time: at(-90) }), "a@b", NOON, MANILA);
  expect(problemsOf({ ...before, topic: "Other" }, NOON, false, before)).toEqual({});
  expect(problemsOf({ ...before, time: "18:00" }, NOON, false, before)).toEqual({ time: "startPast" });
});

test("only what is different is sent", () => {
  const before = draftOf(staffMeeting({ settings: { waiting_room: true } }), "abc", NOON, MANILA);
  expect(changesOf(before, before)).toEqual({});
  expect(changesOf(before, { ...before, topic: "Geometry", waitingRoom: false })).toEqual({
    topic: "Geometry",
    settings: { waiting_room: false },
  });
  expect(changesOf(before, { ...before, time: "21:00" })).toEqual({ start_time: "2026-11-23T13:00:00Z" });
});

test("with another class its audience is said too, as the server would choose one", () => {
  const before = draftOf(staffMeeting({ audience: "everyone" }), "abc", NOON, MANILA);
  expect(changesOf(before, { ...before, classId: "c2" })).toEqual({ class_id: "c2", audience: "everyone" });
  expect(changesOf(before, { ...before, classId: "" })).toEqual({ class_id: null, audience: "everyone" });
});

test("the fields show the clocks of the meeting's own zone", () => {
  const shown = draftOf(staffMeeting({ start_time: at(0), timezone: "America/New_York" }), "abc", NOON, MANILA);
  expect([shown.date, shown.time]).toEqual(["2026-11-23", "07:00"]);
  expect(startOfDraft(shown)).toBe(NOON);
});

test("the server's names for fields are known, settings among them", () => {
  expect(["class_id", "settings.waiting_room", "duration_min", "nonsense"].map(fieldNamed)).toEqual([
    "classId",
    "waitingRoom",
    "minutes",
    undefined,
  ]);
});

test("passcodes are letters and digits that do not look alike, and never the same", () => {
  const made = Array.from({ length: 50 }, newPasscode);
  for (const passcode of made) expect(passcode).toMatch(/^[A-HJ-NP-Za-kmnp-z2-9o]{6}$/);
  expect(new Set(made).size).toBe(50);
});
