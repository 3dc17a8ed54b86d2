/** Five numbers above the list. Those that a list can explain lead to it. */
import type { ComponentChildren } from "preact";
import { computed } from "@preact/signals";
import { Changing } from "../../../components/Changing";
import { Time } from "../../../components/Time";
import { language, LOCALES } from "../../../i18n/translate";
import { ago } from "../../../i18n/times";
import { picture } from "../../../live";
import { isStale, shownNow } from "../time";
import { t } from "../texts";
import { countersOf } from "./counters";
import { addressOf, UNFILTERED } from "./filters";

const counters = computed(() => countersOf(picture.value, shownNow.value));

export function Counters({ path }: { path: string }) {
  const { live, people, missing, clicks, zoomAt, isZoomQuiet } = counters.value;
  const isKnown = picture.value.isReady;
  const isZoomKnown = picture.value.you !== null; // lists read over REST do not tell when Zoom was heard
  const liveList = addressOf(path, { ...UNFILTERED, state: "live" });
  const number = (value: number) => (isKnown ? new Intl.NumberFormat(LOCALES[language.value]).format(value) : "–");
  return (
    <ul class={isStale.value ? "counters stale" : "counters"}>
      <Counter name={t("counter.live")} value={number(live)} href={liveList} />
      <Counter name={t("counter.people")} value={number(people)} href={liveList} />
      <Counter name={t("counter.missing")} value={number(missing)} href={liveList} />
      <Counter name={t("counter.clicks")} value={number(clicks)} />
      <li>
        <div class={isZoomQuiet && isZoomKnown ? "card counter quiet" : "card counter"}>
          <span class="counter-name">{t("counter.zoom")}</span>
          <span class="counter-value numbers">
            {!isZoomKnown && "–"}
            {isZoomKnown && zoomAt === null && t("counter.zoomNever")}
            {isZoomKnown && zoomAt !== null && <Time at={zoomAt}>{ago(zoomAt, shownNow.value)}</Time>}
          </span>
          {isZoomQuiet && isZoomKnown && <span class="unseen">{t("counter.zoomQuiet")}</span>}
        </div>
      </li>
    </ul>
  );
}

function Counter({ name, value, href }: { name: string; value: string; href?: string }) {
  const content: ComponentChildren = (
    <>
      <span class="counter-name">{name}</span>
      <span class="counter-value numbers">
        <Changing of={value} class="fade" />
      </span>
    </>
  );
  return (
    <li>
      {href === undefined ? (
        <div class="card counter">{content}</div>
      ) : (
        <a class="card counter" href={href} aria-label={t("counter.show", { name, count: value })}>
          {content}
        </a>
      )}
    </li>
  );
}
