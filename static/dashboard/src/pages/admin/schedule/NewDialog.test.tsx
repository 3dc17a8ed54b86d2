import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, expect, test, vi } from "vitest";
import { staffMeeting } from "../../../testing/builders";
import { loadSession } from "../../../session";
import { dismiss, toasts } from "../../../toasts";
import type { You } from "../../../wire";
import { ownMeetings } from "../list/own";
import { NewDialog } from "./NewDialog";

const ADMIN: You = { id: "u9", name: "Ana Reyes", email: "ana@demo.school", role: "admin" };

afterEach(() => {
  cleanup();
  while (toasts.value.length > 0) dismiss();
});

interface Sent {
  readonly url: string;
  readonly key: string | null;
  readonly body: Record<string, unknown>;
}

/** A server that gives these answers in turn; without one it keeps whoever asks waiting. */
function serve(...answers: readonly (() => Response)[]): Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal("fetch", (url: string, { headers, body }: { headers: Record<string, string>; body: string }) => {
    const answer = answers[sent.length];
    sent.push({ url, key: headers["Idempotency-Key"] ?? null, body: JSON.parse(body) as Record<string, unknown> });
    return answer === undefined ? new Promise(() => {}) : Promise.resolve(answer());
  });
  return sent;
}

const made = () =>
  Response.json({ success: true, meeting: staffMeeting({ id: "m7", topic: "Algebra" }) }, { status: 201 });
const refused = (status: number, error: Record<string, unknown>) => () =>
  Response.json({ success: false, error }, { status });

function open() {
  const onClose = vi.fn();
  const onMade = vi.fn();
  render(<NewDialog you={ADMIN} onClose={onClose} onMade={onMade} />);
  return { onClose, onMade };
}

const topic = () => screen.getByRole<HTMLInputElement>("textbox", { name: /^Topic/ });
const submit = () => fireEvent.click(screen.getByRole("button", { name: "Create meeting" }));

test("an empty topic is said under its field and focused, and nothing is sent", async () => {
  const sent = serve();
  open();
  submit();
  const problem = await screen.findByText("Give the meeting a topic.");
  expect(topic().getAttribute("aria-invalid")).toBe("true");
  expect(topic().getAttribute("aria-describedby")).toBe(problem.id);
  await waitFor(() => expect(document.activeElement).toBe(topic()));
  expect(sent).toEqual([]);
});

test("it asks for a class by the school's own word", async () => {
  vi.stubGlobal("fetch", () =>
    Promise.resolve(Response.json({ user: ADMIN, demo: false, version: "1", class_label: "Program" })),
  );
  await loadSession();
  open();
  expect(screen.getByRole("combobox", { name: "Program" })).toBeTruthy();
});

test("it stays and says that it is busy until the server has answered", async () => {
  serve();
  const { onClose } = open();
  fireEvent.input(topic(), { target: { value: "Algebra" } });
  submit();
  expect(await screen.findByText("Creating…")).toBeTruthy();
  expect(onClose).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole("button", { name: "Creating…" }));
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Cancel" }).disabled).toBe(true);
});

test("once made it closes, says when the meeting is, and lets its row in", async () => {
  const sent = serve(made);
  const { onClose, onMade } = open();
  fireEvent.input(topic(), { target: { value: " Algebra " } });
  submit();
  await waitFor(() => expect(onMade).toHaveBeenCalledTimes(1));
  expect(onClose).toHaveBeenCalledTimes(1);
  expect(sent).toHaveLength(1);
  expect(sent[0]?.body).toMatchObject({ topic: "Algebra", duration: 60, audience: "everyone" });
  expect(toasts.value.map(({ text }) => text)).toEqual([expect.stringMatching(/^“Algebra” is scheduled for /)]);
  expect(ownMeetings.value.has("m7")).toBe(true);
});

test("a second try goes under the first one's key, so that one meeting comes of both", async () => {
  const busy = refused(503, { code: "zoom_busy", message: "Zoom is busy. Try again in a moment.", temporary: true });
  const sent = serve(busy, made);
  const { onMade } = open();
  fireEvent.input(topic(), { target: { value: "Algebra" } });
  submit();
  expect(await screen.findByText(/Zoom is busy.*Code: zoom_busy/)).toBeTruthy();
  submit();
  await waitFor(() => expect(onMade).toHaveBeenCalled());
  expect(sent.map(({ key }) => key)).toEqual([sent[0]?.key, sent[0]?.key]);
  expect(sent[0]?.key).toMatch(/^[0-9a-f]{32}$/);
});

test("what the server says of a field stands under that field", async () => {
  const fields = { duration: "Zoom takes at most 40 minutes here." };
  serve(refused(422, { code: "bad_input", message: "Some fields are wrong.", fields }));
  open();
  fireEvent.input(topic(), { target: { value: "Algebra" } });
  submit();
  await screen.findByText("Zoom takes at most 40 minutes here.");
  const minutes = screen.getByRole("textbox", { name: /^Duration/ });
  expect(minutes.getAttribute("aria-invalid")).toBe("true");
  expect(screen.queryByText(/Code:/)).toBeNull();
});
