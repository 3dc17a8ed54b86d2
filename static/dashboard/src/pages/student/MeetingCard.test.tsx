import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, expect, test } from "vitest";
import { at, learnerMeeting, MINUTE, NOON } from "../../testing/builders";
import type { LearnerMeeting } from "../../wire";
import { forgetJoin, joins } from "./joins";
import { MeetingCard, type CardProps } from "./MeetingCard";

afterEach(() => {
  cleanup();
  forgetJoin("m1");
});

function Card({ given, ...props }: { given: Partial<LearnerMeeting> } & Partial<CardProps>) {
  return (
    <MeetingCard
      meeting={learnerMeeting(given)}
      nowMs={NOON}
      staleSince={null}
      own={undefined}
      openedAt={joins.value.get("m1")}
      isArriving={false}
      {...props}
    />
  );
}

test.each([
  ["Join Live", { status: "started", started_at: at(-4), participantCount: 24 }, "24 here"],
  ["Join Meeting", { start_time: at(6) }, "in 6 min"],
  ["Join Meeting", { start_time: at(-9) }, "9 min late"],
] as const)("%s is a plain link to the server, in a tab of its own, without a script", (label, given, corner) => {
  render(<Card given={given} />);
  const link = screen.getByRole("link", { name: `${label}: Algebra (opens a new tab)` });
  expect(link.textContent).toBe(label);
  expect([link.getAttribute("href"), link.getAttribute("target"), link.getAttribute("rel")]).toEqual([
    "/join/m1",
    "_blank",
    "noopener",
  ]);
  expect(screen.getByText(corner)).toBeTruthy();
});

test.each([
  ["Scheduled", { start_time: at(30) }, /^Opens at \d\d:\d\d$/],
  ["Ended", { status: "ended", ended_at: at(-0.5) }, /^Ended at \d\d:\d\d$/],
  ["Cancelled", { status: "cancelled", start_time: at(30) }, /^This class will not take place$/],
] as const)("%s says so in the button's place, with nothing to press", (chip, given, text) => {
  render(<Card given={given} />);
  expect(screen.queryByRole("link")).toBeNull();
  expect(screen.queryByRole("button")).toBeNull();
  expect(screen.getByText(chip)).toBeTruthy();
  expect(screen.getByText(text).className).toContain("meeting-action");
});

test("after Join the card says when, keeps the focus on the link, and then what Zoom reports", async () => {
  const given = { status: "started", started_at: at(-4) } as const;
  const card = render(<Card given={given} />);
  const link = screen.getByRole("link");
  link.addEventListener("click", (event) => event.preventDefault());
  link.focus();
  fireEvent.click(link);
  card.rerender(<Card given={given} />);
  expect(screen.getByText(/^Opened in a new tab at \d\d:\d\d$/)).toBeTruthy();
  expect(screen.getByText("Rejoin")).toBe(link);
  expect(document.activeElement).toBe(link);
  card.rerender(<Card given={given} own="here" />);
  expect(screen.getByText("You’re in the room")).toBeTruthy();
});

test("a page that hears nothing says as of when, counts nothing down, and still offers Join", () => {
  const staleSince = NOON - 5 * MINUTE;
  const card = render(
    <Card given={{ status: "started", started_at: at(-9), participantCount: 24 }} staleSince={staleSince} />,
  );
  expect(screen.getByText(/^Live at \d\d:\d\d$/)).toBeTruthy();
  expect(screen.getByText(/^24 here at \d\d:\d\d$/)).toBeTruthy();
  expect(screen.queryByText(/started/)).toBeNull();
  expect(screen.getByRole("link")).toBeTruthy();
  card.rerender(<Card given={{ start_time: at(6) }} staleSince={staleSince} />);
  expect(screen.queryByText(/in 6 min/)).toBeNull();
  expect(screen.getByRole("link")).toBeTruthy();
});
