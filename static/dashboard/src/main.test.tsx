import { expect, test } from "vitest";

test("the page draws itself into the place index.html keeps for it", async () => {
  document.body.innerHTML = '<div id="app"></div>';
  await import("./main");
  expect(document.querySelector("#app h1")?.textContent).toBe("Rollcall");
});
