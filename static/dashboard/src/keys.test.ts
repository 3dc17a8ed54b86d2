import { cleanup, renderHook } from "@testing-library/preact";
import { afterEach, expect, test, vi } from "vitest";
import { turnKeys, useKeys } from "./keys";

afterEach(() => {
  cleanup();
  turnKeys(true);
  document.body.innerHTML = "";
});

function press(key: string, on: Element = document.body, more: KeyboardEventInit = {}): boolean {
  return on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
}

function listen() {
  const run = vi.fn();
  renderHook(() => useKeys({ n: run }));
  return run;
}

test("a key does its thing, also as a capital, and the browser does not do its own", () => {
  const run = listen();
  expect(press("n")).toBe(false);
  press("N");
  expect(run).toHaveBeenCalledTimes(2);
  expect(press("x")).toBe(true);
});

test.each(["<input type=text>", "<textarea></textarea>", "<select></select>"])(
  "whoever types into %s types",
  (field) => {
    const run = listen();
    document.body.innerHTML = field;
    press("n", document.body.firstElementChild ?? document.body);
    expect(run).not.toHaveBeenCalled();
  },
);

test("keys with Ctrl, Alt or Cmd belong to the browser", () => {
  const run = listen();
  press("n", document.body, { ctrlKey: true });
  press("n", document.body, { metaKey: true });
  press("n", document.body, { altKey: true });
  expect(run).not.toHaveBeenCalled();
});

test("while a dialog is open the page behind it is deaf", () => {
  const run = listen();
  document.body.innerHTML = "<dialog open></dialog>";
  press("n");
  expect(run).not.toHaveBeenCalled();
});

test("turned off they stay off on this device until they are turned on", () => {
  const run = listen();
  turnKeys(false);
  press("n");
  expect(run).not.toHaveBeenCalled();
  expect(localStorage.getItem("rollcall.keys")).toBe("no");
  turnKeys(true);
  press("n");
  expect(run).toHaveBeenCalledTimes(1);
});
