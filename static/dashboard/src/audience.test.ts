import { expect, test } from "vitest";
import { forWhom } from "./audience";
import { learnerMeeting } from "./testing/builders";

const word = (openTo: string) => `to ${openTo}`;

test("a meeting of a class is for the class, whoever else may come", () => {
  expect(forWhom(learnerMeeting({ audience: "everyone" }), word)).toBe("Grade 9 Rizal");
});

test("a meeting without a class is for those it is open to, if anybody", () => {
  expect(forWhom(learnerMeeting({ class: null, audience: "staff" }), word)).toBe("to staff");
  expect(forWhom(learnerMeeting({ class: null, audience: "class" }), word)).toBeNull();
});
