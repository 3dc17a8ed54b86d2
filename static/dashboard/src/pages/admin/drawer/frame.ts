/** How a drawer holds the focus: it takes it when it opens, Esc closes it, and on a phone nothing else is in reach. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

export function useFrame(drawer: RefObject<HTMLElement | null>, isCovering: boolean, onClose: () => void): void {
  const close = useRef(onClose);
  close.current = onClose;

  useEffect(() => {
    drawer.current?.querySelector<HTMLElement>("[data-start]")?.focus({ preventScroll: true });
    const esc = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (document.querySelector("dialog[open], :popover-open") !== null) return;
      const { target } = event;
      if (target instanceof HTMLInputElement && target.type === "search" && target.value !== "") return; // clears it
      event.preventDefault();
      close.current();
    };
    document.addEventListener("keydown", esc, true);
    return () => document.removeEventListener("keydown", esc, true);
  }, []);

  useLayoutEffect(() => {
    if (!isCovering) return;
    const covered = othersThan(drawer.current);
    for (const element of covered) element.inert = true;
    document.documentElement.classList.add("covered");
    return () => {
      for (const element of covered) element.inert = false;
      document.documentElement.classList.remove("covered");
    };
  }, [isCovering]);
}

/** Everything on the page beside the drawer and what speaks: the neighbours of it and of all that it lies in. */
function othersThan(drawer: HTMLElement | null): HTMLElement[] {
  const others: HTMLElement[] = [];
  for (let inside = drawer; inside !== null && inside !== document.body; inside = inside.parentElement) {
    for (const next of inside.parentElement?.children ?? []) {
      const isSpoken = next.matches(".toasts, [role=status], script");
      if (next !== inside && next instanceof HTMLElement && !next.inert && !isSpoken) others.push(next);
    }
  }
  return others;
}
