/** The place of something that is on its way, in its final size; shown only when it takes longer than a blink. */
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";

const BLINK_MS = 300;

export function Skeleton({ count = 1, class: name = "" }: { count?: number; class?: string }) {
  const [isShown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), BLINK_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class={`skeletons ${name}`} aria-busy="true">
      <span class="unseen">{t("app.loading")}</span>
      {isShown && Array.from({ length: count }, (_, place) => <div key={place} class="skeleton" />)}
    </div>
  );
}
