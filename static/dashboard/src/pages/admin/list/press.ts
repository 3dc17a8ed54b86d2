/** A row as one large thing to press: a press opens it, a right or a long one asks for its menu. */
import { useMemo, useRef } from "preact/hooks";

const LONG_PRESS_MS = 500;
const SLIP_PX = 10;
const OWN_BUSINESS = "button, input, select, a[target]";

interface Presses {
  onPress: () => void;
  onMenu: (box: DOMRect) => void;
}

interface Handlers {
  onClick: (event: MouseEvent) => void;
  onContextMenu: (event: MouseEvent) => void;
  onPointerDown: (event: PointerEvent) => void;
  onPointerMove: (event: PointerEvent) => void;
  onPointerUp: () => void;
  onPointerCancel: () => void;
}

/** What goes on the element. Browsers that tell of a long press as a context menu and those that do not end alike. */
export function usePress(presses: Presses): Handlers {
  const current = useRef(presses);
  current.current = presses;
  return useMemo(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let from = { x: 0, y: 0 };
    let wasLong = false;
    const stop = () => clearTimeout(timer);
    const at = (x: number, y: number) => new DOMRect(x, y, 0, 0);
    return {
      onClick: (event) => {
        const isHandled = event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey;
        const isOther = event.target instanceof Element && event.target.closest(OWN_BUSINESS) !== null;
        if (wasLong) event.preventDefault();
        else if (!isHandled && !isOther && getSelection()?.isCollapsed !== false) {
          event.preventDefault(); // the link inside leads to the same place
          current.current.onPress();
        }
        wasLong = false;
      },
      onContextMenu: (event) => {
        event.preventDefault();
        stop();
        if (wasLong) return;
        const row = event.currentTarget as HTMLElement;
        const isByKey = event.clientX === 0 && event.clientY === 0;
        current.current.onMenu(isByKey ? row.getBoundingClientRect() : at(event.clientX, event.clientY));
      },
      onPointerDown: (event) => {
        wasLong = false;
        stop();
        if (event.pointerType !== "touch") return;
        from = { x: event.clientX, y: event.clientY };
        timer = setTimeout(() => {
          wasLong = true;
          current.current.onMenu(at(from.x, from.y));
        }, LONG_PRESS_MS);
      },
      onPointerMove: ({ clientX, clientY }) => {
        if (Math.hypot(clientX - from.x, clientY - from.y) > SLIP_PX) stop();
      },
      onPointerUp: stop,
      onPointerCancel: stop,
    };
  }, []);
}
