import { expect, test, vi } from "vitest";

test("the page draws the sign-in form into the place index.html keeps for it", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ status: "ok", demo: true, version: "1" })));
  history.replaceState(null, "", "/login");
  document.body.innerHTML = '<div id="app"></div>';
  await import("./main");
  await vi.waitFor(() => expect(document.querySelector("#app h1")?.textContent).toBe("Rollcall"));
  await vi.waitFor(() => expect(document.body.textContent).toContain("Demo mode."));
});
