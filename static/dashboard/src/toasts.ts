/**
 * Short news in a corner, and the list of the day behind the bell.
 *
 * Rules: at most three at a time; ordinary ones leave after six seconds, those that ask for something stay; pointing
 * at them or focusing them stops the time for all; a burst of one kind becomes one toast. It knows no meetings: texts
 * come ready, `merge` names the kind that may become "5 new …".
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import { serverNow } from "./clock";

export interface ToastAction {
  readonly label: string;
  /** What a screen reader says when the label alone is not enough. */
  readonly spoken?: string;
  /** A link that opens a tab, or … */
  readonly href?: string;
  /** … something to do. */
  readonly run?: () => void;
}

export interface ToastNews {
  readonly text: string;
  readonly action?: ToastAction;
  readonly isLasting?: boolean;
  /** Toasts of one `kind` are merged into `many(count)`. */
  readonly merge?: { readonly kind: string; readonly many: (count: number) => string };
  /** What the toast is about: `dismissAbout` takes it away. */
  readonly about?: string;
}

export interface Toast extends ToastNews {
  readonly id: number;
  readonly count: number;
  readonly at: number;
}

export interface DayEntry {
  readonly id: number;
  readonly text: string;
  readonly at: number;
}

export const LEAVES_AFTER_MS = 6_000;
const MOST_SHOWN = 3;
const MOST_KEPT = 100;

const shown = signal<readonly Toast[]>([]);
const day = signal<readonly DayEntry[]>([]);
const unread = signal(0);
export const toasts: ReadonlySignal<readonly Toast[]> = shown;
export const dayList: ReadonlySignal<readonly DayEntry[]> = day;
export const unreadCount: ReadonlySignal<number> = unread;

const timers = new Map<number, ReturnType<typeof setTimeout>>();
let lastId = 0;
let isHeld = false;

/** Shows a toast and keeps it in the list of the day. */
export function toast(news: ToastNews): void {
  const at = serverNow();
  const entry = { id: ++lastId, text: news.text, at };
  day.value = [entry, ...day.value].slice(0, MOST_KEPT);
  unread.value += 1;
  const alike = news.merge && shown.value.find(({ merge }) => merge?.kind === news.merge?.kind);
  if (alike && news.merge) {
    const count = alike.count + 1;
    replace({ id: alike.id, at, count, text: news.merge.many(count), merge: news.merge });
    return;
  }
  show({ ...news, id: entry.id, count: 1, at });
}

function show(next: Toast): void {
  const crowded = [...shown.value, next];
  for (const { id } of crowded.slice(0, -MOST_SHOWN)) stopTimer(id);
  shown.value = crowded.slice(-MOST_SHOWN);
  startTimer(next);
}

function replace(next: Toast): void {
  shown.value = shown.value.map((one) => (one.id === next.id ? next : one));
  startTimer(next);
}

/** Takes one away; the newest when none is named. */
export function dismiss(id = shown.value.at(-1)?.id): void {
  if (id === undefined) return;
  stopTimer(id);
  shown.value = shown.value.filter((one) => one.id !== id);
}

/** Takes away what has come to nothing, such as Join for a class that is over. */
export function dismissAbout(about: string): void {
  for (const one of shown.value) if (one.about === about && one.isLasting) dismiss(one.id);
}

/** Stops the time while somebody looks, and gives everybody the whole of it afterwards. */
export function hold(isLooking: boolean): void {
  isHeld = isLooking;
  for (const one of shown.value) startTimer(one);
}

/** The list was opened. */
export function markRead(): void {
  unread.value = 0;
}

function startTimer(one: Toast): void {
  stopTimer(one.id);
  if (isHeld || one.isLasting) return;
  timers.set(
    one.id,
    setTimeout(() => dismiss(one.id), LEAVES_AFTER_MS),
  );
}

function stopTimer(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
}
