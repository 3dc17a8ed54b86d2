/** The state of the connection, always in sight, and behind it what a person on the phone with support would read out. */
import { signal } from "@preact/signals";
import { WifiOff } from "lucide";
import { now } from "../clock";
import type { Pill } from "../connection";
import { t } from "../i18n";
import { ago } from "../i18n/times";
import { link, picture } from "../live";
import { readHealth, ApiError } from "../api";
import type { Tone } from "./Chip";
import { Dot, Icon } from "./Icon";
import { Menu } from "./Menu";

const TONES: Readonly<Record<Pill, Tone>> = {
  connecting: "neutral",
  live: "live",
  reconnecting: "late",
  delayed: "late",
  offline: "bad",
};

const roundTripMs = signal<number | null>(null);

async function measure(): Promise<void> {
  const asked = performance.now();
  try {
    await readHealth();
    roundTripMs.value = Math.round(performance.now() - asked);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    roundTripMs.value = null;
  }
}

export function ConnectionPill() {
  const { pill } = link.value;
  const state = t(`link.${pill}`);
  return (
    <Menu
      kind="panel"
      title={t("link.panel")}
      label={t("link.label", { state })}
      buttonClass={`chip pill tone-${TONES[pill]}`}
      onOpen={() => void measure()}
      button={
        <>
          <Icon of={pill === "offline" ? WifiOff : Dot} size={pill === "offline" ? 14 : 12} />
          {state}
        </>
      }
    >
      <Panel />
    </Menu>
  );
}

function Panel() {
  const { pill, heardAt, retries, transport } = link.value;
  const unknown = t("link.unknown");
  const lines: [string, string][] = [
    [t("link.state"), pill === "delayed" ? t("link.delayedHelp") : t(`link.${pill}`)],
    [
      t("link.transport"),
      transport === "" ? t("link.none") : t(transport === "polling" ? "link.polling" : "link.websocket"),
    ],
    [t("link.roundTrip"), roundTripMs.value === null ? unknown : t("link.milliseconds", { count: roundTripMs.value })],
    [t("link.heard"), heardAt === null ? unknown : ago(heardAt, now.value)],
    [t("link.retries"), String(retries)],
    [t("link.version"), picture.value.serverVersion || unknown],
  ];
  return (
    <div class="panel">
      <h2>{t("link.panel")}</h2>
      <dl class="numbers">
        {lines.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </div>
  );
}
