/** What the server really sends, replayed: old snapshot + events = fresh snapshot, for every action and audience. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { EMPTY, reduce, type Message, type State } from "./store";
import type { InitialState, Meta } from "./wire";

interface Fixture {
  name: string;
  audience: string;
  initialState: InitialState;
  events: [name: string, body: unknown, meta: Meta | null][];
  fresh: InitialState;
}

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "../../../tests/fixtures/wire");

function files(): string[] {
  return existsSync(FOLDER) ? readdirSync(FOLDER).filter((file) => file.endsWith(".json")) : [];
}

function read(file: string): Fixture[] {
  const content = JSON.parse(readFileSync(join(FOLDER, file), "utf-8")) as Fixture | Fixture[];
  return Array.isArray(content) ? content : [content];
}

/** What two pages of one person must agree on. A learner's page does not hear what only moves a meeting's revision. */
function seen(state: State) {
  const meetings = [...state.meetings.values()].map(({ revision: _, ...meeting }) => meeting);
  const isLive = (id: string) => state.meetings.get(id)?.status === "started";
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  return {
    meetings: meetings.sort(byId),
    participants: [...state.participants]
      .filter(([id, rows]) => isLive(id) && rows.size > 0)
      .map(([id, rows]) => ({ id, rows: [...rows.values()].sort(byId) }))
      .sort(byId),
    own: [...state.own.values()].map(({ meetingId, own }) => ({ id: meetingId, own })).sort(byId),
  };
}

const opening = (body: InitialState): Message => ({ name: "initialState", body });

test("the folder of fixtures, if there is one, holds some", () => {
  expect(existsSync(FOLDER)).toBe(files().length > 0);
});

for (const file of files()) {
  describe(file, () => {
    for (const { name, audience, initialState, events, fresh } of read(file)) {
      const messages = events.map(([event, body, meta]) => ({ name: event, body, ...(meta && { meta }) }) as Message);
      const expected = seen(reduce(EMPTY, opening(fresh)));
      const replayed = (some: Message[]) => seen([opening(initialState), ...some].reduce(reduce, EMPTY));

      test(`${name}, as ${audience}: events lead to the fresh picture`, () => {
        expect(replayed(messages)).toEqual(expected);
      });

      test(`${name}, as ${audience}: so they do when each comes twice`, () => {
        expect(replayed(messages.flatMap((message) => [message, message]))).toEqual(expected);
      });
    }
  });
}
