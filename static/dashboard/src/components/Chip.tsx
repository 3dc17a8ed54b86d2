/** What a meeting is called now: icon, word and colour together, never colour alone. */
import { Check, Circle, Clock, X } from "lucide";
import { t } from "../i18n";
import type { ScreenState } from "../states";
import { Dot, Icon, Quarter, type IconNode } from "./Icon";

export type Tone = "neutral" | "scheduled" | "ready" | "live" | "late" | "ended" | "bad";

export interface Look {
  readonly icon: IconNode;
  readonly tone: Tone;
}

export const LOOKS: Readonly<Record<ScreenState, Look>> = {
  scheduled: { icon: Circle, tone: "scheduled" },
  ready: { icon: Quarter, tone: "ready" },
  late: { icon: Clock, tone: "late" },
  live: { icon: Dot, tone: "live" },
  ended: { icon: Check, tone: "ended" },
  notStarted: { icon: X, tone: "ended" },
  cancelled: { icon: X, tone: "bad" },
};

/** `text` instead of the state's own word, as in "Live at 10:42". */
export function Chip({ state, text }: { state: ScreenState; text?: string }) {
  const { icon, tone } = LOOKS[state];
  return (
    <span class={`chip tone-${tone}`}>
      <Icon of={icon} size={12} />
      {text ?? t(`state.${state}`)}
    </span>
  );
}
