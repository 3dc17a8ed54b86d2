import { expect, test } from "vitest";
import { newsBetween } from "./news";
import { EMPTY, reduce, type State } from "./store";
import { at, event, learnerMeeting, snapshot } from "./testing/builders";
import type { LearnerMeeting } from "./wire";

function seeing(...meetings: Partial<LearnerMeeting>[]): State {
  return reduce(EMPTY, event("initialState", snapshot({ meetings: meetings.map(learnerMeeting) })));
}

function told(before: State, after: State): string[] {
  return newsBetween(before, after).map(({ kind, meeting }) => `${kind} ${meeting.id}`);
}

test("the first picture is no news", () => {
  expect(told(EMPTY, seeing({}))).toEqual([]);
});

test.each([
  ["created", [], [{}]],
  ["started", [{}], [{ status: "started" }]],
  ["started", [], [{ status: "started" }]],
  ["started", [{ status: "ended" }], [{ status: "started" }]],
  ["ended", [{ status: "started" }], [{ status: "ended" }]],
  ["cancelled", [{}], [{ status: "cancelled" }]],
  ["moved", [{}], [{ start_time: at(30) }]],
] as const)("%s", (kind, before, after) => {
  expect(told(seeing(...before), seeing(...after))).toEqual([`${kind} m1`]);
});

test.each([
  ["an edited topic", [{}], [{ topic: "Geometry" }]],
  ["a count", [{ status: "started" }], [{ status: "started", participantCount: 9 }]],
  ["a meeting that was over before it was seen", [], [{ status: "ended" }]],
  ["a meeting that went out of sight", [{}], []],
] as const)("%s is no news", (_, before, after) => {
  expect(told(seeing(...before), seeing(...after))).toEqual([]);
});

test("an absence is told as the difference between the pictures", () => {
  const before = seeing({ id: "a" }, { id: "b", status: "started" });
  const after = seeing({ id: "a", status: "started" }, { id: "b", status: "ended" }, { id: "c" });
  expect(told(before, after)).toEqual(["started a", "ended b", "created c"]);
});
