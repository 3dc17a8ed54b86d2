/**
 * A native modal dialog: the rest of the page is out of reach, Esc closes, focus goes back to the opener.
 *
 * It is drawn while it is open: the parent keeps whether it is. Focus starts on the element with `autofocus`.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { X } from "lucide";
import { t } from "../i18n";
import { Icon } from "./Icon";

interface DialogProps {
  title: string;
  onClose: () => void;
  /** Extra class, for a size of its own. */
  class?: string;
  /** False while closing would lose what is being sent. */
  isClosable?: boolean;
  children: ComponentChildren;
}

export function Dialog({ title, onClose, isClosable = true, children, ...rest }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isGone = useRef(false);
  const heading = useId();

  useEffect(() => {
    const opener = document.activeElement;
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      isGone.current = true;
      shown?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      class={`dialog ${rest.class ?? ""}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        if (isClosable) onClose();
      }}
      onClose={() => !isGone.current && onClose()} // some browsers close on a second Esc without asking
    >
      <div class="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button
          type="button"
          class="button icon plain"
          aria-label={t("app.close")}
          disabled={!isClosable}
          onClick={onClose}
        >
          <Icon of={X} size={18} />
        </button>
      </div>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}
