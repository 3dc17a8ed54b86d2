/** How the room in Zoom is set up. */
import { Select } from "../../../components/Select";
import { RefreshCw } from "lucide";
import { Icon } from "../../../components/Icon";
import { t } from "../texts";
import { LONGEST_PASSCODE, newPasscode, RECORDINGS, type Recording } from "./draft";
import { Field, Switch } from "./Field";
import type { Form } from "./form";

const SWITCHES = ["waitingRoom", "muteOnEntry", "hostVideo", "participantVideo", "joinBeforeHost"] as const;
const RECORDING_TEXTS = {
  none: "form.recordingNone",
  local: "form.recordingLocal",
  cloud: "form.recordingCloud",
} as const;

export function RoomFields({ form }: { form: Form }) {
  const { draft, set, leave, problem } = form;
  return (
    <fieldset>
      <legend>{t("form.room")}</legend>
      <div class="switches">
        {SWITCHES.map((name) => (
          <Switch
            key={name}
            name={name}
            label={t(`form.${name}`)}
            {...(name === "waitingRoom" && { hint: t("form.waitingRoomHint") })}
            isOn={draft[name]}
            onTurn={(isOn) => set(name, isOn)}
          />
        ))}
      </div>
      <div class="pair">
        <Field name="passcode" label={t("form.passcode")} problem={problem("passcode")} hint={t("form.passcodeHint")}>
          {(tied) => (
            <div class="counted">
              <input
                {...tied}
                class="input"
                autocomplete="off"
                autoCapitalize="none"
                spellcheck={false}
                maxLength={LONGEST_PASSCODE}
                value={draft.passcode}
                onInput={({ currentTarget }) => set("passcode", currentTarget.value)}
                onBlur={() => leave("passcode")}
              />
              <button
                type="button"
                class="button icon plain"
                aria-label={t("form.passcodeNew")}
                onClick={() => set("passcode", newPasscode())}
              >
                <Icon of={RefreshCw} />
              </button>
            </div>
          )}
        </Field>
        <Field name="recording" label={t("form.recording")} problem={problem("recording")}>
          {(tied) => (
            <Select tied={tied} value={draft.recording} onChoose={(value) => set("recording", value as Recording)}>
              {RECORDINGS.map((name) => (
                <option key={name} value={name}>
                  {t(RECORDING_TEXTS[name])}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
    </fieldset>
  );
}
