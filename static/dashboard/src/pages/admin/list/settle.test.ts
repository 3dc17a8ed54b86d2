import { expect, test } from "vitest";
import { settle } from "./settle";

const at = (...ids: string[]) => new Set(ids);

test("with nobody about to press, the order is the one that is due", () => {
  expect(settle(["a", "b"], ["b", "n", "a"], at())).toEqual({ ids: ["b", "n", "a"], heldBack: [], isHeld: false });
});

test("a new row above the pointer waits, and is counted", () => {
  const settled = settle(["a", "b", "c"], ["n1", "a", "n2", "b", "c"], at("b"));
  expect(settled).toEqual({ ids: ["a", "b", "c"], heldBack: ["n1", "n2"], isHeld: true });
});

test("a new row below the pointer comes in at once, as nothing moves there", () => {
  expect(settle(["a", "b", "c"], ["a", "b", "n", "c"], at("a")).ids).toEqual(["a", "b", "n", "c"]);
});

test("a row that should rise above the pointer stays below it", () => {
  expect(settle(["a", "b", "c"], ["c", "a", "b"], at("b"))).toEqual({
    ids: ["a", "b", "c"],
    heldBack: [],
    isHeld: true,
  });
});

test("a row that goes away above the pointer keeps its place", () => {
  expect(settle(["a", "b", "c"], ["b", "c"], at("b")).ids).toEqual(["a", "b", "c"]);
});

test("a row that goes away below the pointer goes", () => {
  expect(settle(["a", "b", "c"], ["a", "b"], at("a")).ids).toEqual(["a", "b"]);
});

test("the pointed row stays even when it is gone itself, and what is new above it waits", () => {
  const settled = settle(["a", "b", "c"], ["n", "a", "c"], at("b"));
  expect(settled.ids).toEqual(["a", "b", "c"]);
  expect(settled.heldBack).toEqual(["n"]);
});

test("of pointer and focus the lower one counts", () => {
  expect(settle(["a", "b", "c"], ["n", "c", "b", "a"], at("a", "c")).ids).toEqual(["a", "b", "c"]);
});

test("a row that left the list does not hold it", () => {
  expect(settle(["a"], ["b", "a"], at("x")).ids).toEqual(["b", "a"]);
});

test("what this person made comes in where it belongs, whatever is pointed at", () => {
  const settled = settle(["a", "b", "c"], ["a", "mine", "b", "other", "c"], at("c"), at("mine"));
  expect(settled.ids).toEqual(["a", "mine", "b", "c"]);
  expect(settled.heldBack).toEqual(["other"]);
});

test("whatever the order, every row that is due and shown is shown once", () => {
  const shown = ["a", "b", "c", "d", "e"];
  for (const anchor of shown) {
    const { ids, heldBack } = settle(shown, ["e", "x", "c", "y", "a", "z"], at(anchor));
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids, ...heldBack]).toEqual(expect.arrayContaining(["a", "c", "e", "x", "y", "z"]));
    expect(ids.slice(0, shown.indexOf(anchor) + 1)).toEqual(shown.slice(0, shown.indexOf(anchor) + 1));
  }
});
