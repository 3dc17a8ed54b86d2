/** The fields of a meeting in a dialog, the same for a new one and for one that is changed. */
import { CircleAlert } from "lucide";
import { useState } from "preact/hooks";
import { ApiError } from "../../../api";
import { Icon } from "../../../components/Icon";
import type { You } from "../../../wire";
import { explain } from "../explain";
import type { SchoolClass } from "../rights";
import { t } from "../texts";
import type { Draft } from "./draft";
import { useForm } from "./form";
import { RoomFields } from "./RoomFields";
import { WhatFields } from "./WhatFields";
import { WhenFields } from "./WhenFields";
import { WhoFields } from "./WhoFields";

interface ScheduleFormProps {
  first: Draft;
  /** The meeting as it was, when there is one. */
  before?: Draft;
  host?: { readonly id: string; readonly name: string };
  you: You;
  classes: readonly SchoolClass[];
  needsClass: boolean;
  isBusy: boolean;
  submit: string;
  foot: string;
  /** What came of the last try, beside problems of fields. */
  onSend: (draft: Draft) => Promise<void>;
  onCancel: () => void;
}

export function ScheduleForm({ first, before, host, you, classes, needsClass, ...rest }: ScheduleFormProps) {
  const { isBusy, submit, foot, onSend, onCancel } = rest;
  const form = useForm(first, needsClass, before);
  const [problem, setProblem] = useState("");

  async function send(event: Event) {
    event.preventDefault();
    if (isBusy) return;
    setProblem("");
    if (!form.check()) return;
    try {
      await onSend(form.draft);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const names = Object.keys(error.fields);
      const others = form.refuse(error.fields);
      setProblem(names.length > 0 && others.length === 0 ? "" : [sentenceOf(error), ...others].join(" "));
    }
  }

  return (
    <form class="schedule" noValidate onSubmit={(event) => void send(event)}>
      <div class="schedule-fields">
        <div class="schedule-side">
          <WhatFields form={form} classes={classes} needsClass={needsClass} />
          <WhenFields form={form} />
        </div>
        <div class="schedule-side">
          <WhoFields form={form} you={you} classes={classes} {...(host && { host })} />
          <RoomFields form={form} />
        </div>
      </div>
      <div class="schedule-foot">
        <div class="schedule-said" role="alert">
          {problem !== "" && (
            <p class="problem">
              <Icon of={CircleAlert} />
              {problem}
            </p>
          )}
        </div>
        {problem === "" && (
          <p class={form.count > 0 ? "problem" : "muted hint"}>
            {form.count > 0 ? t("form.problems", { count: form.count }) : foot}
          </p>
        )}
        <button type="button" class="button tall" disabled={isBusy} onClick={onCancel}>
          {t("form.cancel")}
        </button>
        <button type="submit" class="button solid tall" aria-disabled={isBusy}>
          {submit}
        </button>
      </div>
    </form>
  );
}

function sentenceOf(error: ApiError): string {
  return error.code === "key_reused" ? t("new.repeated") : explain(error);
}
