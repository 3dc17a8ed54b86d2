/** Which rows must not move: the one under the pointer and the one that is focused. */
import { useMemo, useReducer } from "preact/hooks";

export interface Anchors {
  readonly ids: () => ReadonlySet<string>;
  /** Lets everything move once, as somebody asked for it. */
  readonly release: () => void;
  readonly handlers: {
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerLeave: () => void;
    readonly onFocusIn: (event: FocusEvent) => void;
    readonly onFocusOut: () => void;
  };
}

/** The id of the row that an event happened in. */
export function rowOf(target: EventTarget | null): string | null {
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
  return row?.dataset["row"] ?? null;
}

/**
 * Watches the rows of a list; the handlers go on the element that holds them and what is pressed beside them.
 *
 * On the way from a row to the bar above the list nothing moves, or the bar would be gone before it is reached.
 */
export function useAnchors(): Anchors {
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  return useMemo(() => {
    let pointed: string | null = null;
    let focused: string | null = null;
    let lastPlace = "";
    const ids = () => new Set([pointed, focused].filter((id) => id !== null));
    return {
      ids,
      release: () => {
        pointed = focused = null;
        redraw();
      },
      handlers: {
        onPointerMove: (event) => {
          // A page that changes under a resting pointer is not a pointer that moves.
          const place = `${event.screenX} ${event.screenY}`;
          if (place !== lastPlace) pointed = rowOf(event.target) ?? pointed;
          lastPlace = place;
        },
        onPointerLeave: () => {
          pointed = null;
          redraw();
        },
        onFocusIn: ({ target }) => {
          focused = target instanceof Element && target.matches(":focus-visible") ? rowOf(target) : null;
        },
        onFocusOut: () => {
          focused = null;
          redraw();
        },
      },
    };
  }, []);
}
