import { cleanup, render, screen } from "@testing-library/preact";
import { LocationProvider } from "preact-iso";
import { afterEach, expect, test, vi } from "vitest";
import LoginPage from "./index";

afterEach(cleanup);

const form = () => screen.queryByLabelText("School e-mail");

/** The page, and its server's word whether this is a demo. */
function open() {
  let answer: (response: Response | Promise<never>) => void = () => {};
  const answered = new Promise<Response>((resolve) => (answer = resolve));
  vi.stubGlobal("fetch", () => answered);
  render(
    <LocationProvider>
      <LoginPage />
    </LocationProvider>,
  );
  return (response: Response | Promise<never>) => answer(response);
}

test("the form comes together with the demo's banner and logins, so that nothing is pushed down", async () => {
  const answer = open();
  await vi.waitFor(() => expect(document.title).toContain("Sign in"));
  expect(form()).toBeNull();
  answer(Response.json({ status: "ok", demo: true, version: "1" }));
  await vi.waitFor(() => expect(form()).not.toBeNull());
  expect(screen.getByText("Demo mode.")).toBeTruthy();
  expect(screen.getAllByRole("button", { name: /^Use/ })).toHaveLength(3);
});

test("a server that does not say what it is still gets the form", async () => {
  const answer = open();
  answer(Promise.reject(new TypeError("failed")));
  await vi.waitFor(() => expect(form()).not.toBeNull());
  expect(screen.queryByText("Demo mode.")).toBeNull();
});
