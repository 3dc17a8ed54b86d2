/** The toasts on screen. Esc takes away the newest; looking at them stops their time. */
import { useEffect } from "preact/hooks";
import { X } from "lucide";
import { t } from "../i18n";
import { dismiss, hold, toasts, type Toast } from "../toasts";
import { Icon } from "./Icon";

export function Toasts() {
  useEffect(() => {
    const closeNewest = (event: KeyboardEvent) => {
      const isTaken = event.defaultPrevented || document.querySelector("dialog[open], :popover-open") !== null;
      if (event.key === "Escape" && !isTaken) dismiss();
    };
    document.addEventListener("keydown", closeNewest);
    return () => document.removeEventListener("keydown", closeNewest);
  }, []);

  return (
    <section
      class="toasts"
      aria-label={t("header.news")}
      onMouseEnter={() => hold(true)}
      onMouseLeave={() => hold(false)}
      onFocusIn={() => hold(true)}
      onFocusOut={() => hold(false)}
    >
      {toasts.value.map((toast) => (
        <One key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function One({ toast }: { toast: Toast }) {
  const { action, id, text } = toast;
  const done = () => {
    action?.run?.();
    dismiss(id);
  };
  return (
    <div class="toast">
      <span>{text}</span>
      {action?.href !== undefined && (
        <a href={action.href} target="_blank" rel="noopener" aria-label={action.spoken} onClick={done}>
          {action.label}
        </a>
      )}
      {action !== undefined && action.href === undefined && (
        <button type="button" class="link-button" aria-label={action.spoken} onClick={done}>
          {action.label}
        </button>
      )}
      <button type="button" class="button icon plain" aria-label={t("news.dismiss")} onClick={() => dismiss(id)}>
        <Icon of={X} />
      </button>
    </div>
  );
}
