import { expect, test } from "vitest";
import { screenState } from "../../states";
import { at, learnerMeeting, NOON, staffMeeting } from "../../testing/builders";
import type { MeetingView, You } from "../../wire";
import { maySchedule, obstacle, rightsIn, schedulable, type Action, type SchoolClass } from "./rights";

const person = (role: You["role"], id = "me"): You => ({ id, name: "Me", email: "me@demo.school", role });
const schoolClass = (permissions: string[], id = "c1"): SchoolClass => ({
  id,
  name: id,
  subject: "",
  studentCount: 30,
  teachers: [],
  permissions,
});

function why(action: Action, meeting: MeetingView, you: You, classes: SchoolClass[] = []) {
  const state = screenState(meeting, NOON);
  return obstacle(action, meeting, state, rightsIn(meeting, you, classes), you)?.why;
}

test("an admin may do everything, an observer nothing but look", () => {
  expect(rightsIn(staffMeeting(), person("admin"), [])).toEqual({ mayRun: true, mayEnd: true });
  expect(why("edit", staffMeeting(), person("observer"))).toBe("observer");
  expect(why("open", staffMeeting(), person("observer"))).toBeUndefined();
});

test("a teacher runs what they host, and of their classes what they were given", () => {
  const meeting = staffMeeting();
  expect(rightsIn(meeting, person("teacher", meeting.host.id), [])).toEqual({ mayRun: true, mayEnd: true });
  const assistant = rightsIn(meeting, person("teacher"), [schoolClass(["end"])]);
  expect(assistant).toEqual({ mayRun: false, mayEnd: true });
  expect(why("edit", meeting, person("teacher"), [schoolClass(["end"])])).toBe("notYours");
});

test("of a meeting one is only invited to, nothing may be changed", () => {
  expect(why("delete", learnerMeeting(), person("teacher"), [schoolClass(["schedule", "end"])])).toBe("notYours");
});

test.each([
  ["end", { status: "waiting" }, "onlyLive"],
  ["end", { status: "started" }, undefined],
  ["cancel", { status: "started" }, "begun"],
  ["cancel", { status: "waiting" }, undefined],
  ["delete", { status: "started" }, "notLive"],
  ["delete", { status: "ended" }, undefined],
  ["edit", { status: "ended" }, "over"],
  ["edit", { status: "cancelled" }, "cancelled"],
  ["copy", { status: "cancelled" }, "cancelled"],
  ["start", { status: "cancelled" }, "cancelled"],
  ["join", { status: "started" }, undefined],
  ["join", { status: "ended" }, "over"],
  ["join", { start_time: at(60) }, "notOpen"],
  ["join", { start_time: at(10) }, undefined],
] as const)("%s of a meeting with %j: %s", (action, given, reason) => {
  expect(why(action, staffMeeting(given), person("admin"))).toBe(reason);
});

test("the room that is not open yet says when it opens", () => {
  const meeting = staffMeeting({ start_time: at(60) });
  const found = obstacle("join", meeting, "scheduled", { mayRun: true, mayEnd: true }, person("admin"));
  expect(found).toEqual({ why: "notOpen", opensAt: Date.parse(at(45)) });
});

test("meetings are made by admins, and by teachers for the classes where they may", () => {
  const classes = [schoolClass(["schedule"], "a"), schoolClass([], "b")];
  expect(schedulable(person("admin"), classes)).toEqual(classes);
  expect(schedulable(person("teacher"), classes).map(({ id }) => id)).toEqual(["a"]);
  expect(maySchedule(person("teacher"), [schoolClass([])])).toBe(false);
  expect(maySchedule(person("observer"), classes)).toBe(false);
  expect(maySchedule(person("admin"), [])).toBe(true);
});
