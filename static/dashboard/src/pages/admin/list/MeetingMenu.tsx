/**
 * What can be done with a meeting, in a menu at the row, the pointer or the button.
 *
 * It is a popover that closes by our own rules, as a native one would close when the right button that opened it is
 * let go. What cannot be used stays in sight with the reason.
 */
import { useLayoutEffect, useRef } from "preact/hooks";
import { MenuItem, MenuLink, placeMenu, walkItems } from "../../../components/Menu";
import { clockTime, isSameDay, shortDay } from "../../../i18n/times";
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
    placeMenu(shown, box);
    shown.showPopover();
    shown.querySelector<HTMLElement>(".menu-item")?.focus();
    const pressed = ({ target }: Event) => target instanceof Node && !shown.contains(target) && close.current();
    const away = ({ target }: Event) => target !== shown && close.current();
    const esc = (event: KeyboardEvent) => {
      if (event.key !== "Escape" && event.key !== "Tab") return;
      event.preventDefault();
      event.stopPropagation();
      close.current();
    };
    document.addEventListener("pointerdown", pressed, true);
    document.addEventListener("scroll", away, true);
    addEventListener("resize", away);
    document.addEventListener("keydown", esc, true);
    return () => {
      document.removeEventListener("pointerdown", pressed, true);
      document.removeEventListener("scroll", away, true);
      removeEventListener("resize", away);
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

/** Why something cannot be done, in a sentence. */
export function reasonText(found: Obstacle, nowMs: number): string {
  if (found.why !== "notOpen") return t(`why.${found.why}`);
  const { opensAt } = found;
  const time = isSameDay(opensAt, nowMs) ? clockTime(opensAt) : `${shortDay(opensAt)}, ${clockTime(opensAt)}`;
  return t("why.notOpen", { time });
}
