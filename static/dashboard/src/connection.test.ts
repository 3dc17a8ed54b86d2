import { expect, test } from "vitest";
import { advance, opened, pill, shouldPoll, type Connection, type ConnectionNews, type Pill } from "./connection";

type Step = readonly [atS: number, news: ConnectionNews];

function after(...steps: readonly Step[]): Connection {
  return steps.reduce((connection, [atS, news]) => advance(connection, news, atS * 1000), opened(0));
}

const UP: readonly Step[] = [
  [0.1, "up"],
  [0.2, "picture"],
];

const TABLE: [what: string, steps: readonly Step[], atS: number, shown: Pill][] = [
  ["a page that opens", [], 0, "connecting"],
  ["up, but no picture yet", [[0.1, "up"]], 0.2, "connecting"],
  ["up with a picture", UP, 1, "live"],
  ["a ping within 15 s", [...UP, [20, "heard"]], 34, "live"],
  ["down for a blink", [...UP, [30, "heard"], [31, "down"]], 31.9, "live"],
  ["down for longer", [...UP, [30, "heard"], [31, "down"]], 32, "reconnecting"],
  ["the same down told twice", [...UP, [31, "down"], [40, "down"]], 44, "reconnecting"],
  ["back up", [...UP, [31, "down"], [35, "up"]], 35, "live"],
  ["up but silent for over 15 s", [...UP], 16, "reconnecting"],
  ["down for 15 s, lists not read yet", [...UP, [31, "down"]], 46, "reconnecting"],
  ["down for 15 s, lists read", [...UP, [31, "down"], [44, "polled"]], 46, "delayed"],
  ["lists read before it is time to say so", [...UP, [31, "down"], [44, "polled"]], 45, "reconnecting"],
  ["down for 15 s, lists unreadable", [...UP, [31, "down"], [44, "pollFailed"]], 46, "offline"],
  ["lists readable again", [...UP, [31, "down"], [44, "pollFailed"], [74, "polled"]], 74, "delayed"],
  ["the browser is offline", [...UP, [31, "offline"]], 31, "offline"],
  ["the browser is online again", [...UP, [30, "heard"], [31, "offline"], [33, "online"]], 33, "live"],
  ["never up, server gone", [[13, "pollFailed"]], 16, "offline"],
  ["never up, lists read", [[13, "polled"]], 16, "delayed"],
  ["up again after all that", [...UP, [31, "down"], [44, "pollFailed"], [80, "up"]], 80, "live"],
];

test.each(TABLE)("%s", (_, steps, atS, shown) => {
  expect(pill(after(...steps), atS * 1000)).toBe(shown);
});

test("lists are read shortly before the pill would turn, and not while the browser is offline", () => {
  const down = after(...UP, [30, "down"]);
  expect(shouldPoll(down, 41_900)).toBe(false);
  expect(shouldPoll(down, 42_000)).toBe(true);
  expect(shouldPoll(advance(down, "offline", 42_000), 42_000)).toBe(false);
  expect(shouldPoll(advance(down, "up", 42_000), 42_000)).toBe(false);
});

test("an answer that comes after the socket is back changes nothing", () => {
  const up = after(...UP);
  expect(advance(up, "pollFailed", 500)).toBe(up);
  expect(advance(up, "polled", 500)).toBe(up);
});
