/** An instant: what is read is the child, what is meant is the whole instant, in the attribute and on hover. */
import type { ComponentChildren } from "preact";
import { fullInstant } from "../i18n/times";

export function Time({ at, children }: { at: number; children: ComponentChildren }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={fullInstant(at)}>
      {children}
    </time>
  );
}
