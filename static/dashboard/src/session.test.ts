import { expect, test, vi } from "vitest";
import { classWord, loadSession } from "./session";

const signedInAt = async (class_label: string) => {
  const user = { id: "u1", name: "Liza Manalo", email: "liza@demo.school", role: "student" };
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ user, demo: false, version: "1", class_label })));
  await loadSession();
};

test("a class is called what the school calls it, or else what the reader's language does", async () => {
  expect(classWord("Klase")).toBe("Klase");
  await signedInAt("Program");
  expect(classWord("Klase")).toBe("Program");
  await signedInAt("Class");
  expect(classWord("Klase")).toBe("Klase");
});
