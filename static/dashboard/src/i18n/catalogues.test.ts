import { expect, test } from "vitest";
import { fill, type Catalogue, type Text } from "./translate";

const catalogues = import.meta.glob<Catalogue>("../**/{en,fil}.json", { eager: true, import: "default" });
const sources = import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.{ts,tsx}", "!../wire.ts"], {
  eager: true,
  query: "?raw",
  import: "default",
});

const english = Object.keys(catalogues).filter((path) => path.endsWith("/en.json"));
const formsOf = (text: Text): string[] => (typeof text === "string" ? [text] : [text.one, text.other]);
const placesOf = (text: Text): string[] =>
  [...new Set(formsOf(text).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();

function pair(path: string): [en: Catalogue, fil: Catalogue] {
  return [catalogues[path] ?? {}, catalogues[path.replace("/en.json", "/fil.json")] ?? {}];
}

test("there is a catalogue at all", () => {
  expect(english.length).toBeGreaterThan(0);
});

test.each(english)("%s has the same keys, plurals and places in Filipino", (path) => {
  const [en, fil] = pair(path);
  expect(Object.keys(fil)).toEqual(Object.keys(en));
  for (const [key, text] of Object.entries(en)) {
    expect(typeof fil[key], key).toBe(typeof text);
    expect(placesOf(fil[key] ?? ""), key).toEqual(placesOf(text));
  }
});

test.each(english)("%s has no empty text", (path) => {
  for (const texts of pair(path)) {
    for (const [key, text] of Object.entries(texts)) {
      for (const form of formsOf(text)) expect(form.trim(), key).not.toBe("");
    }
  }
});

test.each(english)("every text of %s is used somewhere", (path) => {
  const code = Object.values(sources).join("\n");
  const built = [...code.matchAll(/`([\w.]+)\$\{[^}]+\}(\w*)`/g)].map(
    ([, head = "", tail = ""]) => [head, tail] as const,
  );
  const isUsed = (key: string) =>
    code.includes(`"${key}"`) ||
    built.some(([head, tail]) => head !== "" && key.startsWith(head) && key.endsWith(tail));
  expect(Object.keys(pair(path)[0]).filter((key) => !isUsed(key))).toEqual([]);
});

test("a place without a value stays in sight, a number is written as the language does", () => {
  expect(fill("{topic} at {time}", { topic: "Algebra" }, "en")).toBe("Algebra at {time}");
  expect(fill({ one: "{count} person", other: "{count} people" }, { count: 1200 }, "en")).toBe("1,200 people");
  expect(fill({ one: "{count} person", other: "{count} people" }, { count: 1 }, "en")).toBe("1 person");
});
