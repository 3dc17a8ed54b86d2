/**
 * What is said aloud by a screen reader: one voice for news, one for the connection.
 *
 * It exists to be quiet: at most one sentence in five seconds and voice; what comes meanwhile is said together.
 */
import { signal, type ReadonlySignal } from "@preact/signals";

const PAUSE_MS = 5_000;
const MOST_TOGETHER = 3;

export class Voice {
  readonly #spoken = signal("");
  readonly spoken: ReadonlySignal<string> = this.#spoken;
  #waiting: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(sentence: string): void {
    this.#waiting = [...this.#waiting, sentence].slice(-MOST_TOGETHER);
    if (this.#timer === undefined) this.#speak();
  }

  #speak(): void {
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    this.#spoken.value = this.#waiting.join(" ");
    this.#waiting = [];
    this.#timer = setTimeout(() => this.#speak(), PAUSE_MS);
  }
}

export const newsVoice = new Voice();
export const linkVoice = new Voice();
