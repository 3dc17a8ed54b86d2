import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { dayList, dismiss, dismissAbout, hold, LEAVES_AFTER_MS, markRead, toast, toasts, unreadCount } from "./toasts";

const created = (topic: string) =>
  toast({ text: `New: ${topic}`, merge: { kind: "created", many: (count) => `${count} new` } });
const texts = () => toasts.value.map(({ text }) => text);

beforeEach(() => vi.useFakeTimers());

afterEach(() => {
  hold(false);
  while (toasts.value.length > 0) dismiss();
  markRead();
  vi.useRealTimers();
});

test("an ordinary toast leaves by itself, one that asks for something stays", () => {
  toast({ text: "ended" });
  toast({ text: "live", isLasting: true });
  vi.advanceTimersByTime(LEAVES_AFTER_MS);
  expect(texts()).toEqual(["live"]);
});

test("nothing leaves while somebody looks, and afterwards it has its whole time", () => {
  toast({ text: "ended" });
  vi.advanceTimersByTime(LEAVES_AFTER_MS - 1);
  hold(true);
  vi.advanceTimersByTime(10 * LEAVES_AFTER_MS);
  expect(texts()).toEqual(["ended"]);
  hold(false);
  vi.advanceTimersByTime(LEAVES_AFTER_MS - 1);
  expect(texts()).toEqual(["ended"]);
  vi.advanceTimersByTime(1);
  expect(texts()).toEqual([]);
});

test("three are shown, all are kept in the list of the day and counted until it is read", () => {
  const before = dayList.value.length;
  for (const text of ["1", "2", "3", "4"]) toast({ text });
  expect(texts()).toEqual(["2", "3", "4"]);
  expect(dayList.value.slice(0, 4).map(({ text }) => text)).toEqual(["4", "3", "2", "1"]);
  expect(dayList.value.length).toBe(before + 4);
  expect(unreadCount.value).toBe(4);
});

test("a burst of one kind is one toast", () => {
  for (const topic of ["a", "b", "c", "d", "e"]) created(topic);
  expect(texts()).toEqual(["5 new"]);
});

test("what asks for something that came to nothing goes, other news of it stays", () => {
  toast({ text: "live", isLasting: true, about: "m1" });
  toast({ text: "ended", about: "m1" });
  dismissAbout("m1");
  expect(texts()).toEqual(["ended"]);
});
