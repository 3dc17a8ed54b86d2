/** Days, states and class: what narrows the list. Every choice is an address. */
import { Select } from "../../../components/Select";
import { t } from "../texts";
import { classWord } from "../../../session";
import type { ScreenState } from "../../../states";
import { zoneName } from "../../../i18n/times";
import { addressOf, changed, PAST_STATES, RANGES, STATES, type Filters } from "./filters";

interface FilterBarProps {
  path: string;
  filters: Filters;
  /** Of each state under the other filters; null where only the server could count. */
  counts: Readonly<Record<ScreenState, number>> | null;
  classes: readonly { readonly id: string; readonly name: string }[];
  nowMs: number;
  onChoose: (filters: Filters) => void;
}

export function FilterBar({ path, filters, counts, classes, nowMs, onChoose }: FilterBarProps) {
  const states: readonly ScreenState[] = filters.range === "past" ? PAST_STATES : STATES;
  const shown = states.filter((state) => counts === null || counts[state] > 0 || filters.state === state);
  return (
    <div class="list-head">
      <div class="filters" role="group" aria-label={t("filter.label")}>
        <nav class="choices" aria-label={t("filter.range")}>
          {RANGES.map((range) => (
            <a
              key={range}
              class="choice"
              href={addressOf(path, changed(filters, { range, state: stateIn(range, filters.state) }))}
              aria-current={filters.range === range ? "true" : undefined}
            >
              {t(`filter.${range}`)}
            </a>
          ))}
        </nav>
        {shown.length > 0 && (
          <nav class="choices" aria-label={t("filter.states")}>
            {shown.map((state) => {
              const isChosen = filters.state === state;
              return (
                <a
                  key={state}
                  class="choice"
                  href={addressOf(path, changed(filters, { state: isChosen ? null : state }))}
                  aria-current={isChosen ? "true" : undefined}
                >
                  {t(`filter.${state}`)}
                  {counts !== null && <span class="numbers">{counts[state]}</span>}
                </a>
              );
            })}
          </nav>
        )}
        {(classes.length > 1 || filters.classId !== "") && (
          <Select
            class="choice"
            tied={{ "aria-label": classWord(t("filter.class")) }}
            value={filters.classId}
            onChoose={(classId) => onChoose(changed(filters, { classId }))}
          >
            <option value="">{t("filter.allClasses")}</option>
            {classes.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </div>
      <p class="zone muted">{zoneName(nowMs)}</p>
    </div>
  );
}

/** A state that cannot occur among other days is let go. */
function stateIn(range: Filters["range"], state: ScreenState | null): ScreenState | null {
  return range === "past" && !PAST_STATES.some((name) => name === state) ? null : state;
}
