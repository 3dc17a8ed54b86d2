/**
 * Menus and panels that open below their button.
 *
 * They are native popovers: Esc and a press elsewhere close them, and focus goes back to the button. What is ours is
 * the place (from the button's own place, as not every browser has anchors yet) and the arrow keys of menus.
 */
import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { Check } from "lucide";
import { Icon } from "./Icon";

const GAP_PX = 6;
const EDGE_PX = 8;
const PHONE_PX = 600; // narrower pages have no room beside a panel

/** Puts a popover below `box`, or above where there is more room, along its nearer edge. */
export function placeMenu(menu: HTMLElement, box: Pick<DOMRect, "top" | "bottom" | "left" | "right">): void {
  const { clientWidth, clientHeight } = document.documentElement;
  const isAbove = box.bottom > clientHeight * 0.65;
  const isAtEnd = (box.left + box.right) / 2 > clientWidth / 2;
  const room = isAbove ? box.top : clientHeight - box.bottom;
  const edge = (amount: number) => (clientWidth < PHONE_PX ? EDGE_PX : amount);
  const px = (amount: number) => `${Math.max(EDGE_PX, amount)}px`;
  const places: Record<string, string> = {
    top: isAbove ? "auto" : px(box.bottom + GAP_PX),
    bottom: isAbove ? px(clientHeight - box.top + GAP_PX) : "auto",
    left: isAtEnd ? "auto" : px(edge(box.left)),
    right: isAtEnd ? px(edge(clientWidth - box.right)) : "auto",
    room: px(room - GAP_PX - EDGE_PX),
  };
  for (const [side, place] of Object.entries(places)) menu.style.setProperty(`--menu-${side}`, place);
}

interface MenuProps {
  /** What the button is called, when its content does not say it. */
  label?: string;
  button: ComponentChildren;
  buttonClass?: string;
  /** A menu holds `MenuItem`s and is walked with arrows; a panel holds anything. */
  kind?: "menu" | "panel";
  /** What the opened thing is called. */
  title: string;
  onOpen?: () => void;
  onClose?: () => void;
  children: ComponentChildren;
}

export function Menu({ label, button, buttonClass = "button plain", kind = "menu", title, ...rest }: MenuProps) {
  const id = useId();
  const opener = useRef<HTMLButtonElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const isMenu = kind === "menu";

  function beforeToggle({ newState }: { newState: string }) {
    if (newState === "open" && opener.current && content.current) {
      setOpen(true); // what nobody sees is not drawn
      placeMenu(content.current, opener.current.getBoundingClientRect());
      rest.onOpen?.();
    }
    if (newState === "closed") rest.onClose?.();
  }

  function afterToggle({ newState }: { newState: string }) {
    if (isMenu && newState === "open") items(content.current)[0]?.focus();
    if (newState === "closed") setOpen(false); // not before: the browser gives focus back only from what is still there
  }

  return (
    <>
      <button
        ref={opener}
        type="button"
        class={buttonClass}
        aria-label={label}
        aria-haspopup={isMenu ? "menu" : "dialog"}
        popovertarget={id}
      >
        {button}
      </button>
      <div
        ref={content}
        id={id}
        class="menu"
        popover="auto"
        role={isMenu ? "menu" : "dialog"}
        aria-label={title}
        onBeforeToggle={beforeToggle}
        onToggle={afterToggle}
        onKeyDown={isMenu ? walkItems : undefined}
        onClick={isMenu ? closeAfterChoice : undefined}
      >
        {isOpen && rest.children}
      </div>
    </>
  );
}

function items(menu: HTMLElement | null): HTMLElement[] {
  const all = [...(menu?.querySelectorAll<HTMLElement>(".menu-item") ?? [])];
  return all.filter((item) => item.getClientRects().length > 0); // some are for phones only
}

/** Up, down, home and end among the items of a menu. */
export function walkItems(event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLElement;
  const all = items(menu);
  const here = all.indexOf(document.activeElement as HTMLElement);
  const steps: Record<string, number> = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 };
  const next = steps[event.key];
  if (next === undefined || all.length === 0) return;
  event.preventDefault();
  all.at(next % all.length)?.focus();
}

function closeAfterChoice(event: MouseEvent): void {
  const item = (event.target as HTMLElement).closest(".menu-item");
  if (item !== null && item.getAttribute("aria-disabled") !== "true") {
    (event.currentTarget as HTMLElement).hidePopover();
  }
}

interface MenuItemProps {
  onChoose: () => void;
  /** Of several that exclude each other: whether this one holds. */
  isChosen?: boolean;
  /** Why it cannot be used now; it stays in sight and in reach. */
  unusable?: string | undefined;
  isDangerous?: boolean;
  children: ComponentChildren;
}

export function MenuItem({ onChoose, isChosen, unusable, isDangerous, children }: MenuItemProps) {
  return (
    <button
      type="button"
      class={isDangerous ? "menu-item danger" : "menu-item"}
      role={isChosen === undefined ? "menuitem" : "menuitemradio"}
      aria-checked={isChosen}
      aria-disabled={unusable !== undefined}
      tabIndex={-1}
      onClick={unusable === undefined ? onChoose : undefined}
    >
      <span>
        {children}
        {unusable !== undefined && <small>{unusable}</small>}
      </span>
      {isChosen === true && <Icon of={Check} />}
    </button>
  );
}

/** A link in a menu. `isNewTab` says so to whoever cannot see the arrow. */
export function MenuLink({
  href,
  isNewTab,
  children,
}: {
  href: string;
  isNewTab?: boolean;
  children: ComponentChildren;
}) {
  return (
    <a
      class="menu-item"
      role="menuitem"
      tabIndex={-1}
      href={href}
      {...(isNewTab && { target: "_blank", rel: "noopener" })}
    >
      <span>{children}</span>
    </a>
  );
}
