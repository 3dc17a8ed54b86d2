import { expect, test } from "vitest";
import { EMPTY, reduce } from "../../../store";
import { at, event, learnerMeeting, NOON, row, snapshot, staffMeeting } from "../../../testing/builders";
import { countersOf } from "./counters";

const live = (id: string, given = {}) => staffMeeting({ id, status: "started", started_at: at(-5), ...given });

function pictureOf(given: Parameters<typeof snapshot>[0]) {
  return reduce(EMPTY, { name: "initialState", body: snapshot(given) });
}

test("only what is live counts", () => {
  const picture = pictureOf({
    meetings: [
      live("a", { participantCount: 32, expectedCount: 38, hereCount: 30 }),
      live("b", { participantCount: 5, expectedCount: 3, hereCount: 4 }),
      staffMeeting({ id: "c", participantCount: 7, expectedCount: 30 }),
    ],
  });
  expect(countersOf(picture, NOON)).toMatchObject({ live: 2, people: 37, missing: 41 });
});

test("not here yet is who was expected and never seen: not who left again, and guests fill no place", () => {
  const rows = [
    row({ id: "here" }),
    row({ id: "left", state: "away", hereSince: null }),
    row({ id: "waits", state: "waiting_room", joinTime: null, hereSince: null }),
    row({ id: "guest", expected: false }),
  ];
  const picture = pictureOf({
    meetings: [live("a", { participantCount: 2, expectedCount: 12, hereCount: 1 })],
    activeParticipants: rows.map((each) => ({ ...each, meetingId: "a" })),
  });
  expect(countersOf(picture, NOON).missing).toBe(10);
});

test("of a meeting one is only invited to, nobody is missing", () => {
  const picture = pictureOf({ meetings: [learnerMeeting({ status: "started", participantCount: 4 })] });
  expect(countersOf(picture, NOON)).toMatchObject({ live: 1, people: 4, missing: 0 });
});

test("clicks of the last quarter of an hour count, by the server's clock, those heard since too", () => {
  const before = pictureOf({
    meetings: [live("m1")],
    recentClicks: [
      { meetingId: "m1", at: at(-16) },
      { meetingId: "m1", at: at(-14) },
    ],
  });
  const click = { id: "k1", userId: "u1", name: "Liza", at: at(-1), revision: 2 };
  const body = { meetingId: "m1", revision: 2, participantCount: 0, clickCount: 3, click };
  const after = reduce(before, event("linkClicked", body));
  expect(countersOf(before, NOON).clicks).toBe(1);
  expect(countersOf(after, NOON).clicks).toBe(2);
});

test("silence of Zoom is worth a look after two minutes, and only while something is live", () => {
  const quiet = { lastZoomEventAt: at(-3) };
  expect(countersOf(pictureOf({ meetings: [live("a")], ...quiet }), NOON).isZoomQuiet).toBe(true);
  expect(countersOf(pictureOf({ meetings: [live("a")], lastZoomEventAt: at(-1) }), NOON).isZoomQuiet).toBe(false);
  expect(countersOf(pictureOf({ meetings: [staffMeeting()], ...quiet }), NOON).isZoomQuiet).toBe(false);
  expect(countersOf(pictureOf({ meetings: [live("a")] }), NOON)).toMatchObject({ zoomAt: null, isZoomQuiet: true });
});

test("an arrival is a word of Zoom", () => {
  const before = pictureOf({ meetings: [live("m1")], lastZoomEventAt: at(-9) });
  const body = { meetingId: "m1", revision: 2, participantCount: 1, hereCount: 1, participant: row() };
  const after = reduce(before, event("participantJoined", body, { at: at(-1) }));
  expect(countersOf(after, NOON).zoomAt).toBe(Date.parse(at(-1)));
});
