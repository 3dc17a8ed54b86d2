/** The people of a meeting under their headings: who is missing first, then who is here. */
import { useMemo, useState } from "preact/hooks";
import { CircleAlert, Search } from "lucide";
import { Icon } from "../../../components/Icon";
import { Skeleton } from "../../../components/Skeleton";
import { picture } from "../../../live";
import type { ParticipantRow, StaffMeeting } from "../../../wire";
import { explain } from "../explain";
import { t } from "../texts";
import { found, groupsOf, type Group, type Phase } from "./groups";
import { PersonLine } from "./PersonLine";
import type { Reading } from "./reading";
import { Summary } from "./Summary";

/** Longer groups are unfolded by hand: a page with a thousand names helps nobody find one. */
const SHOWN_AT_FIRST = 100;
const NO_ROWS: readonly ParticipantRow[] = [];

export function phaseOf({ status }: Pick<StaffMeeting, "status">): Phase {
  return status === "started" ? "live" : status === "waiting" ? "before" : "over";
}

export function People({ meeting, reading }: { meeting: StaffMeeting; reading: Reading }) {
  const [text, setText] = useState("");
  const { participants, clicks } = picture.value;
  const phase = phaseOf(meeting);
  const { people, isReading, error } = reading;
  const liveRows = participants.get(meeting.id);
  const heard = clicks.get(meeting.id);
  const groups = useMemo(() => {
    const rows = phase === "over" ? (people?.participants ?? NO_ROWS) : (liveRows?.values() ?? NO_ROWS);
    return groupsOf({ rows, expected: people?.expectedAttendees ?? [], clicks: heard ?? [] }, phase);
  }, [phase, people, liveRows, heard]);
  const shown = found(groups, text);

  if (people === null && error === null) return <Skeleton count={6} class="people-skeleton" />;
  return (
    <>
      {error !== null && (
        <p class="problem" role="alert">
          <Icon of={CircleAlert} />
          <span>
            {t("drawer.failed")} {explain(error)}{" "}
            <button type="button" class="link-button" disabled={isReading} onClick={reading.again}>
              {t("drawer.retry")}
            </button>
          </span>
        </p>
      )}
      {groups.some(({ entries }) => entries.length > 0) && (
        <div class="search">
          <Icon of={Search} />
          <input
            class="input"
            type="search"
            aria-label={t("people.find")}
            placeholder={t("people.find")}
            autocomplete="off"
            spellcheck={false}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </div>
      )}
      {phase === "over" && people !== null && <Summary people={people} />}
      {text !== "" && shown.length === 0 && <p class="muted people-empty">{t("people.none", { text })}</p>}
      {groups.length === 0 && error === null && <p class="muted people-empty">{t(EMPTY[phase])}</p>}
      {shown.map((group) => (
        <PeopleGroup key={group.name} group={group} phase={phase} isHostHere={isHostHere(liveRows?.values())} />
      ))}
    </>
  );
}

const EMPTY = { before: "people.empty", live: "people.emptyLive", over: "people.nobodyCame" } as const;

function isHostHere(rows: Iterable<ParticipantRow> | undefined): boolean {
  return [...(rows ?? [])].some(({ role, state }) => role === "host" && state === "here");
}

interface PeopleGroupProps {
  group: Group;
  phase: Phase;
  isHostHere: boolean;
}

function PeopleGroup({ group: { name, entries }, phase, isHostHere }: PeopleGroupProps) {
  const [isWhole, showWhole] = useState(false);
  const count = entries.length;
  const shown = isWhole ? entries : entries.slice(0, SHOWN_AT_FIRST);
  const id = `people-${name}`;
  return (
    <section class="people-group" aria-labelledby={id}>
      <div class="people-head">
        <h3 id={id}>
          {t(`people.${name}`)} <span class="muted numbers">{count}</span>
        </h3>
        {name === "waiting" && !isHostHere && <p class="late-text">{t("people.waitingHostAway", { count })}</p>}
        {shown.length < count && (
          <button type="button" class="link-button" onClick={() => showWhole(true)}>
            {t("people.showAll", { count })}
          </button>
        )}
      </div>
      {name === "missing" && count === 0 && <p class="muted">{t("people.everybody")}</p>}
      {name === "unmatched" && <p class="muted people-help">{t("people.unmatchedHelp")}</p>}
      <ul class="people-list">
        {shown.map((entry) => (
          <PersonLine key={entry.key} entry={entry} group={name} phase={phase} />
        ))}
      </ul>
    </section>
  );
}
