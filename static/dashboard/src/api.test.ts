import { describe, expect, test, vi } from "vitest";
import { ApiError, call, pollMeetings, safeNext } from "./api";

describe("where a sign-in may lead", () => {
  test.each(["/", "/admin/meetings?q=a%20b", "/zoom/upcoming-meetings/"])("%s is a path of ours", (next) => {
    expect(safeNext(next)).toBe(next);
  });

  test.each([
    undefined,
    "",
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "evil",
    "/a\\b",
    "/ /evil",
    "/login?next=/",
  ])("%s is not", (next) => {
    expect(safeNext(next)).toBe("/");
  });
});

describe("a refused call", () => {
  const answer = (status: number, body: unknown, headers: HeadersInit = {}) =>
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(body), { status, headers })));

  test("says what the server said", async () => {
    answer(
      429,
      { success: false, error: { code: "too_many", message: "Slow down", temporary: true } },
      { "Retry-After": "20" },
    );
    const refused = call("GET", "/api/zoom/meetings");
    await expect(refused).rejects.toMatchObject({ code: "too_many", status: 429, isTemporary: true, retryAfterS: 20 });
    await expect(refused).rejects.toBeInstanceOf(ApiError);
  });

  test("by something that is not our server is still one kind of error", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("<html>Bad gateway", { status: 502 })));
    await expect(call("GET", "/api/health")).rejects.toMatchObject({ code: "http_502", isTemporary: true });
  });

  test("that nobody answered is a matter of the network", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
    await expect(call("GET", "/api/health")).rejects.toMatchObject({ code: "network", isTemporary: true });
  });
});

test("a page without its socket asks for what is running or to come, not for the oldest of all", async () => {
  const asked = vi.fn(() => Promise.resolve(Response.json({ meetings: [] })));
  vi.stubGlobal("fetch", asked);
  await pollMeetings();
  expect(asked).toHaveBeenCalledWith("/api/zoom/meetings?tab=upcoming", expect.anything());
});
