/**
 * What can be done with a meeting, in a menu at the row, the pointer or the button.
 *
 * It is a popover that closes by our own rules, as a native one would close when the right button that opened it is
 * let go. What cannot be used stays in sight with the reason.
 */
import { useLayoutEffect, useRef } from "preact/hooks";
import { MenuItem, MenuLink, walkItems } from "../../../components/Menu";
import { whenText } from "../../../i18n/times";
import type { ScreenState } from "../../../states";
import type { MeetingView, You } from "../../../wire";
import { obstacle, type Action, type Obstacle, type Rights } from "../rights";
import { t } from "../texts";

interface MeetingMenuProps {
  meeting: MeetingView;
  state: ScreenState;
  rights: Rights;
  you: You | null;
  nowMs: number;
  box: DOMRect;
  onChoose: (action: Action, meeting: MeetingView) => void;
  onClose: () => void;
}

export function MeetingMenu({ meeting, state, rights, you, nowMs, box, onChoose, onClose }: MeetingMenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  // In the layout phase, as the menu must still be there to know whether it holds the focus.
  useLayoutEffect(() => {
    const shown = menu.current;
    const opener = document.activeElement;
    if (shown === null) return;
    shown.showPopover();
    place(shown, box);
    shown.querySelector<HTMLElement>(".menu-item")?.focus();
    const pressed = ({ target }: Event) => target instanceof Node && !shown.contains(target) && close.current();
    // The scroll that brought the button into sight is told only now: what counts is how far the page went since.
    const openedAt = scrollY;
    const scrolled = () => Math.abs(scrollY - openedAt) > SLACK_PX && close.current();
    const resized = () => close.current();
    const esc = (event: KeyboardEvent) => {
      if (event.key !== "Escape" && event.key !== "Tab") return;
      event.preventDefault();
      event.stopPropagation();
      close.current();
    };
    document.addEventListener("pointerdown", pressed, true);
    document.addEventListener("scroll", scrolled);
    addEventListener("resize", resized);
    document.addEventListener("keydown", esc, true);
    return () => {
      document.removeEventListener("pointerdown", pressed, true);
      document.removeEventListener("scroll", scrolled);
      removeEventListener("resize", resized);
      document.removeEventListener("keydown", esc, true);
      const hadFocus = shown.contains(document.activeElement);
      if (shown.matches(":popover-open")) shown.hidePopover();
      if (hadFocus && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, [box]);

  const stop = (action: Action) => {
    const found = obstacle(action, meeting, state, rights, you);
    return found === null ? undefined : reasonText(found, nowMs);
  };
  const item = (action: Action, isDangerous = false) => (
    <MenuItem
      key={action}
      unusable={stop(action)}
      isDangerous={isDangerous && stop(action) === undefined}
      onChoose={() => {
        onClose();
        onChoose(action, meeting);
      }}
    >
      {t(`action.${action}`)}
    </MenuItem>
  );
  const tab = (action: "join" | "start", href: string) =>
    stop(action) !== undefined ? (
      item(action)
    ) : (
      <MenuLink key={action} href={href} isNewTab>
        {t(`action.${action}`)} <span class="unseen">{t("list.newTab")}</span>
      </MenuLink>
    );
  return (
    <div
      ref={menu}
      class="menu"
      role="menu"
      popover="manual"
      aria-label={t("action.menuOf", { topic: meeting.topic })}
      onKeyDown={walkItems}
      onClick={({ target }) => target instanceof Element && target.closest("a") !== null && onClose()}
      onContextMenu={(event) => event.preventDefault()}
    >
      {item("open")}
      {tab("join", `/join/${meeting.id}`)}
      {tab("start", `/start/${meeting.id}`)}
      {item("copy")}
      {item("edit")}
      <hr />
      {item("end", true)}
      {item("cancel", true)}
      {item("delete", true)}
    </div>
  );
}

const GAP_PX = 4;
const EDGE_PX = 8;
const SLACK_PX = 8;

/** Below the box, or as much higher as it takes to be seen whole: an item below the edge is never found. */
function place(menu: HTMLElement, box: DOMRect): void {
  const { clientWidth, clientHeight } = document.documentElement;
  menu.style.setProperty("--menu-room", `${clientHeight - 2 * EDGE_PX}px`);
  const top = Math.min(box.bottom + GAP_PX, clientHeight - menu.offsetHeight - EDGE_PX);
  const isAtEnd = box.left + menu.offsetWidth > clientWidth - EDGE_PX;
  const left = isAtEnd ? Math.min(box.right, clientWidth - EDGE_PX) - menu.offsetWidth : box.left;
  menu.style.setProperty("--menu-top", `${Math.max(EDGE_PX, top)}px`);
  menu.style.setProperty("--menu-left", `${Math.max(EDGE_PX, left)}px`);
}

/** Why something cannot be done, in a sentence. */
export function reasonText(found: Obstacle, nowMs: number): string {
  if (found.why !== "notOpen") return t(`why.${found.why}`);
  return t("why.notOpen", { time: whenText(found.opensAt, nowMs) });
}
