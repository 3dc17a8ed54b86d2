/** A value that lights up for a moment when it has changed, so that a glance finds it; not when it is first drawn. */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

interface ChangingProps {
  of: string | number;
  /** The class that is on it from its first change on; the change starts its animation anew. */
  class?: string;
  children?: ComponentChildren;
}

export function Changing({ of, class: name = "flash", children }: ChangingProps) {
  const last = useRef(of);
  const changes = useRef(0);
  if (last.current !== of) {
    last.current = of;
    changes.current += 1;
  }
  return (
    <span key={changes.current} class={changes.current === 0 ? undefined : name}>
      {children ?? of}
    </span>
  );
}
