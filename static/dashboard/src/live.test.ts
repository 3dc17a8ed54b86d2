import { beforeEach, expect, test, vi } from "vitest";
import { event, learnerMeeting, snapshot } from "./testing/builders";

type Handler = (body?: unknown, meta?: unknown) => void;

const socket = vi.hoisted(() => ({ handlers: new Map<string, Handler>() }));

vi.mock("socket.io-client", () => {
  const line = {
    on: (name: string, handler: Handler) => socket.handlers.set(name, handler),
    io: { on: () => {}, reconnectionDelayMax: () => {}, engine: { transport: { name: "websocket" } } },
    connect: () => line,
    disconnect: () => line,
  };
  return { io: () => line };
});

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => queueMicrotask(draw));
});

/** A page of its own whose socket is down, and that has asked for the lists. */
async function openPage() {
  let give: (answer: Response) => void = () => {};
  vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => (give = resolve)));
  const live = await import("./live");
  live.startLive();
  live.tryNow();
  const listing = Response.json({ meetings: [learnerMeeting()], next: null });
  return { shown: () => [...live.picture.value.meetings.keys()], listing, give: () => give(listing) };
}

test("a list read over REST is drawn while the socket is down", async () => {
  const { shown, give } = await openPage();
  give();
  await vi.waitFor(() => expect(shown()).toEqual(["m1"]));
});

test("a list that comes when the socket is up again is not believed", async () => {
  const { shown, give, listing } = await openPage();
  socket.handlers.get("connect")?.();
  socket.handlers.get("initialState")?.(snapshot({ meetings: [learnerMeeting({ id: "m2" })] }));
  give();
  await vi.waitUntil(() => listing.bodyUsed);
  const created = event("meetingCreated", learnerMeeting({ id: "m3" }));
  socket.handlers.get("meetingCreated")?.(created.body, created.meta);
  await vi.waitFor(() => expect(shown()).toContain("m3"));
  expect(shown()).toEqual(["m2", "m3"]);
});
