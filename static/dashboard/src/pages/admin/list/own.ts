/**
 * The meetings this person made on this page.
 *
 * It exists because they are waiting for exactly these: their rows are let in at once even where others are held back.
 */
import { signal, type ReadonlySignal } from "@preact/signals";

const made = signal<ReadonlySet<string>>(new Set());
export const ownMeetings: ReadonlySignal<ReadonlySet<string>> = made;

export function noteOwn(id: string): void {
  made.value = new Set(made.value).add(id);
}
