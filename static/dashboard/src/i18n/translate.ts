/**
 * Texts by key, in the language of the reader, switched without a reload.
 *
 * It exists so that no text stands in code: a key that is missing in English does not compile where it is used, one
 * that is missing in another language does not compile where that catalogue is named. Plurals are told apart by
 * `Intl.PluralRules`, numbers written by `Intl.NumberFormat`; a text with plural forms is chosen by its `count`.
 * Pages that are loaded on demand have catalogues of their own (`catalogue()` once per page), so that a student does
 * not load the words of the office.
 */
import { signal, type ReadonlySignal, type Signal } from "@preact/signals";

export type Language = "en" | "fil";

/** A text, or its plural forms by the names of `Intl.PluralRules`. */
export type Text = string | { readonly one: string; readonly other: string };
export type Catalogue = Readonly<Record<string, Text>>;
export type Values = Readonly<Record<string, string | number>>;

/** What the languages are called, each in itself. */
export const LANGUAGES: Readonly<Record<Language, string>> = { en: "English", fil: "Filipino" };

/** How times and numbers are written: English as in the school's own papers, with 24 hours; Filipino with 12. */
export const LOCALES: Readonly<Record<Language, string>> = { en: "en-GB", fil: "fil-PH" };

const STORED = "rollcall.language";

const chosen = signal<Language>("en");
export const language: ReadonlySignal<Language> = chosen;

interface Shelf {
  readonly english: Catalogue;
  readonly shown: Signal<Catalogue>;
  readonly load: () => Promise<{ default: Catalogue }>;
  ready: Promise<void>;
}

const shelves: Shelf[] = [];

/** The text for a key in a catalogue. */
export type Translate<C extends Catalogue> = (key: keyof C & string, values?: Values) => string;

/** Makes the texts of one page; `loadFilipino` must have every key the English one has. */
export function catalogue<C extends Catalogue>(
  english: C,
  loadFilipino: () => Promise<{ default: { readonly [Key in keyof C]: Text } }>,
): { t: Translate<C> } {
  const shelf: Shelf = {
    english,
    shown: signal<Catalogue>(english),
    load: loadFilipino,
    ready: Promise.resolve(),
  };
  shelf.ready = fetchTexts(shelf, chosen.value);
  shelves.push(shelf);
  return { t: (key, values = {}) => fill(shelf.shown.value[key] ?? english[key] ?? key, values, chosen.value) };
}

async function fetchTexts(shelf: Shelf, wanted: Language): Promise<void> {
  try {
    shelf.shown.value = wanted === "en" ? shelf.english : (await shelf.load()).default;
  } catch {
    shelf.shown.value = shelf.english; // the line broke: a page in English is better than none
  }
}

/** When the texts of all pages that are loaded are there in the language of the reader. */
export async function textsReady(): Promise<void> {
  await Promise.all(shelves.map(({ ready }) => ready));
}

/** Puts the values in their places. */
export function fill(text: Text, values: Values, as: Language): string {
  const locale = LOCALES[as];
  const form = typeof text === "string" ? text : text[pluralOf(Number(values["count"]), locale)];
  return form.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = values[name];
    if (value === undefined) return place;
    return typeof value === "number" ? new Intl.NumberFormat(locale).format(value) : value;
  });
}

function pluralOf(count: number, locale: string): "one" | "other" {
  return new Intl.PluralRules(locale).select(count) === "one" ? "one" : "other";
}

/** The language remembered on this device, or the browser's if it is one of ours. */
export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(STORED), ...navigator.languages.map((tag) => tag.split("-")[0])];
  return wanted.map((tag) => (tag === "tl" ? "fil" : tag)).find(isLanguage) ?? "en";
}

function isLanguage(tag: string | null | undefined): tag is Language {
  return tag !== null && tag !== undefined && tag in LANGUAGES;
}

/** Turns the page to another language, once its texts are there. */
export async function setLanguage(wanted: Language): Promise<void> {
  await Promise.all(shelves.map((shelf) => fetchTexts(shelf, wanted)));
  chosen.value = wanted;
  document.documentElement.lang = wanted;
}

/** The same, and remembers it on this device. */
export function chooseLanguage(wanted: Language): Promise<void> {
  localStorage.setItem(STORED, wanted);
  return setLanguage(wanted);
}
