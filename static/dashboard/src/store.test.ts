import { describe, expect, test } from "vitest";
import { EMPTY, isStaffView, reduce, type Message, type State } from "./store";
import { at, event, learnerMeeting, row, snapshot, staffMeeting } from "./testing/builders";
import type { MeetingView } from "./wire";

function after(...messages: Message[]): State {
  return messages.reduce(reduce, EMPTY);
}

const opened = (given: Parameters<typeof snapshot>[0] = {}): Message => event("initialState", snapshot(given));
const live = staffMeeting({ status: "started", started_at: at(0), revision: 5 });

const joined = (revision: number, given: Parameters<typeof row>[0] = {}) =>
  event("participantJoined", {
    meetingId: "m1",
    revision,
    participantCount: revision,
    hereCount: revision - 1,
    participant: row(given),
  });

describe("meetings", () => {
  test("nothing is ready before the first snapshot", () => {
    expect(EMPTY.isReady).toBe(false);
    expect(after(opened()).isReady).toBe(true);
  });

  test("an event adds a meeting the page did not know", () => {
    const state = after(opened(), event("meetingCreated", learnerMeeting()));
    expect([...state.meetings.keys()]).toEqual(["m1"]);
  });

  test("the highest revision wins, in whatever order and however often events come", () => {
    const started = event("meetingStarted", learnerMeeting({ status: "started", revision: 2 }));
    const ended = event("meetingEnded", learnerMeeting({ status: "ended", revision: 3 }));
    const created = event("meetingCreated", learnerMeeting({ revision: 1 }));
    for (const order of [
      [created, started, ended],
      [ended, started, created],
      [started, ended, ended, started, created],
    ]) {
      expect(after(opened(), ...order).meetings.get("m1")?.status).toBe("ended");
    }
  });

  test("a repeated event changes nothing at all", () => {
    const created = event("meetingCreated", learnerMeeting());
    const once = after(opened(), created);
    expect(reduce(once, created)).toBe(once);
  });

  test("an ended meeting may start again", () => {
    const state = after(
      opened({ meetings: [learnerMeeting({ status: "ended", revision: 3 })] }),
      event("meetingStarted", learnerMeeting({ status: "started", revision: 4 })),
    );
    expect(state.meetings.get("m1")?.status).toBe("started");
  });

  test("a deleted meeting goes, is remembered as gone, and a late event does not bring it back", () => {
    const state = after(
      opened({ meetings: [learnerMeeting({ revision: 4 })] }),
      event("meetingStatusUpdate", learnerMeeting({ status: "deleted", revision: 6 })),
      event("meetingStatusUpdate", learnerMeeting({ topic: "Old", revision: 5 })),
    );
    expect(state.meetings.size).toBe(0);
    expect(state.removed.has("m1")).toBe(true);
  });

  test("a deleted meeting that Zoom gives back is shown again", () => {
    const state = after(
      opened({ meetings: [learnerMeeting()] }),
      event("meetingStatusUpdate", learnerMeeting({ status: "deleted", revision: 2 })),
      event("meetingStatusUpdate", learnerMeeting({ revision: 3 })),
    );
    expect(state.meetings.has("m1")).toBe(true);
    expect(state.removed.size).toBe(0);
  });

  test("a snapshot replaces everything, also with older revisions: the server knows", () => {
    const state = after(
      opened({ meetings: [learnerMeeting({ revision: 9 }), learnerMeeting({ id: "m2" })] }),
      opened({ meetings: [learnerMeeting({ revision: 3, topic: "Restored" })] }),
    );
    expect([...state.meetings.values()].map(({ topic }) => topic)).toEqual(["Restored"]);
  });

  test("a replay keeps what is there, and the missed events follow", () => {
    const state = after(
      opened({ meetings: [learnerMeeting()] }),
      opened({ mode: "replay" }),
      event("meetingCreated", learnerMeeting({ id: "m2" }), { replay: true }),
    );
    expect([...state.meetings.keys()]).toEqual(["m1", "m2"]);
  });

  const listing = (meetings: MeetingView[], next: string | null = null): Message => ({
    name: "listing",
    body: { meetings, next },
  });

  test("a list read over REST brings what is newer or as new, and leaves what is to come", () => {
    const state = after(
      opened({
        meetings: [learnerMeeting({ revision: 3 }), learnerMeeting({ id: "m2" }), learnerMeeting({ id: "m3" })],
      }),
      listing([
        learnerMeeting({ revision: 3, participantCount: 7 }),
        learnerMeeting({ id: "m2", revision: 0, topic: "Old" }),
      ]),
    );
    expect(state.meetings.get("m1")?.participantCount).toBe(7);
    expect(state.meetings.get("m2")?.topic).toBe("Algebra");
    expect(state.meetings.has("m3")).toBe(true);
  });

  test("a list that was read before a meeting was deleted does not bring it back, a later one does", () => {
    const deleted = after(
      opened({ meetings: [learnerMeeting()] }),
      event("meetingStatusUpdate", learnerMeeting({ status: "deleted", revision: 6 })),
    );
    expect(reduce(deleted, listing([learnerMeeting({ revision: 6 })])).meetings.size).toBe(0);
    const again = reduce(deleted, listing([learnerMeeting({ revision: 7 })]));
    expect([again.meetings.size, again.removed.size]).toEqual([1, 0]);
  });

  test("a running meeting that a list does not name is no longer live", () => {
    const running = after(opened({ meetings: [live], activeParticipants: [{ ...row(), meetingId: "m1" }] }));
    const over = reduce(running, listing([]));
    expect([over.meetings.size, over.participants.size]).toEqual([0, 0]);
  });

  test("a running meeting may be on the next page of a list that is not whole", () => {
    const state = after(opened({ meetings: [live] }), listing([learnerMeeting({ id: "m2" })], "m2"));
    expect([...state.meetings.keys()]).toEqual(["m1", "m2"]);
  });

  test("only the view of its staff counts as one", () => {
    expect(isStaffView(staffMeeting())).toBe(true);
    expect(isStaffView(learnerMeeting())).toBe(false);
  });
});

describe("counts and clicks", () => {
  test("a count to learners is taken at once, and not after the end", () => {
    const started = learnerMeeting({ status: "started", revision: 2 });
    const counted = after(
      opened({ meetings: [started] }),
      event("countUpdate", { meetingId: "m1", participantCount: 12 }),
    );
    expect(counted.meetings.get("m1")?.participantCount).toBe(12);
    const ended = reduce(counted, event("meetingEnded", { ...started, status: "ended", revision: 3 }));
    const late = reduce(ended, event("countUpdate", { meetingId: "m1", participantCount: 12 }));
    expect(late.meetings.get("m1")?.participantCount).toBe(0);
  });

  test("a click is counted once and kept with who made it", () => {
    const click = event("linkClicked", {
      meetingId: "m1",
      revision: 6,
      participantCount: 0,
      clickCount: 1,
      click: { id: "k1", userId: "u1", name: "Liza", at: at(1), revision: 6 },
    });
    const state = after(opened({ meetings: [live] }), click, click);
    expect(state.meetings.get("m1")).toMatchObject({ clickCount: 1, revision: 6 });
    expect(state.recentClicks).toEqual([{ meetingId: "m1", at: at(1) }]);
    expect(state.clicks.get("m1")?.map(({ name }) => name)).toEqual(["Liza"]);
  });

  test("the age of Zoom's last word follows joins and ends, never backwards", () => {
    const state = after(
      opened({ meetings: [live], lastZoomEventAt: at(0) }),
      event(
        "participantJoined",
        { meetingId: "m1", revision: 6, participantCount: 1, hereCount: 1, participant: row() },
        { at: at(3) },
      ),
      event("meetingCreated", staffMeeting({ id: "m2" }), { at: at(9) }),
      event(
        "participantLeft",
        { meetingId: "m1", revision: 7, participantCount: 0, hereCount: 0, participant: row({ revision: 2 }) },
        { at: at(1) },
      ),
    );
    expect(state.lastZoomEventAt).toBe(at(3));
  });
});

describe("participants", () => {
  test("a join adds the row and moves the meeting's numbers and revision", () => {
    const state = after(opened({ meetings: [live] }), joined(6));
    expect(state.participants.get("m1")?.get("p1")?.state).toBe("here");
    expect(state.meetings.get("m1")).toMatchObject({ participantCount: 6, hereCount: 5, revision: 6 });
  });

  test("a row is replaced only by a newer one", () => {
    const state = after(
      opened({ meetings: [live] }),
      joined(7, { state: "away", revision: 2 }),
      joined(6, { state: "here", revision: 1 }),
    );
    expect(state.participants.get("m1")?.get("p1")?.state).toBe("away");
    expect(state.meetings.get("m1")?.revision).toBe(7);
  });

  test("those of the snapshot are there by meeting, without the meeting's id in the row", () => {
    const state = after(opened({ meetings: [live], activeParticipants: [{ ...row(), meetingId: "m1" }] }));
    expect(state.participants.get("m1")?.get("p1")).toEqual(row());
  });

  test("people in the waiting room before the start are kept through it", () => {
    const state = after(
      opened({ meetings: [staffMeeting()] }),
      joined(2, { state: "waiting_room" }),
      event("meetingStarted", staffMeeting({ status: "started", revision: 3 })),
    );
    expect(state.participants.get("m1")?.size).toBe(1);
  });

  test("nobody is kept when the meeting is over, and a late leave brings nobody back", () => {
    const state = after(
      opened({ meetings: [live] }),
      joined(6),
      event("meetingEnded", { ...live, status: "ended", revision: 7 }),
      joined(8, { state: "over", revision: 2 }),
    );
    expect(state.participants.size).toBe(0);
  });

  test("a new run of a live meeting begins with nobody", () => {
    const state = after(
      opened({ meetings: [live] }),
      joined(6),
      event("meetingStarted", { ...live, started_at: at(9), revision: 7 }),
    );
    expect(state.participants.size).toBe(0);
  });
});

describe("rights", () => {
  test("what a person may now see is added whole, and what not any more is forgotten whole", () => {
    const added = after(
      opened(),
      event("scopeAdded", { meetings: [live], activeParticipants: [{ ...row(), meetingId: "m1" }] }),
    );
    expect(added.participants.get("m1")?.size).toBe(1);
    const removed = reduce(added, event("scopeRemoved", { meetingIds: ["m1"] }));
    expect([removed.meetings.size, removed.participants.size, removed.removed.size]).toEqual([0, 0, 0]);
  });

  test("a person who becomes staff of a known meeting gets the fuller view of the same revision", () => {
    const state = after(
      opened({ meetings: [learnerMeeting({ revision: 4 })] }),
      event("scopeAdded", { meetings: [staffMeeting({ revision: 4 })], activeParticipants: [] }),
    );
    expect(isStaffView(state.meetings.get("m1") ?? learnerMeeting())).toBe(true);
  });
});

describe("a learner's own", () => {
  test("the newest own state is kept by meeting, and a snapshot brings it too", () => {
    const own = (revision: number, state: "here" | "away") =>
      event("attendanceUpdated", { meetingId: "m1", revision, own: { state } });
    const open = opened({ meetings: [learnerMeeting()] });
    expect(after(open, own(2, "away"), own(1, "here")).own.get("m1")?.own.state).toBe("away");
    const seen = after(opened({ own: [{ meetingId: "m1", revision: 3, own: { state: "here" } }] }));
    expect(seen.own.get("m1")?.own.state).toBe("here");
  });

  test("a notice is kept once, newest first", () => {
    const notice = (id: string) => event("notification", { id, kind: "note", text: id, at: at(0) });
    expect(after(opened(), notice("a"), notice("b"), notice("a")).notices.map(({ id }) => id)).toEqual(["b", "a"]);
  });
});
