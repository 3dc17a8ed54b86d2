/** The things that are asked about before they are done: end, cancel, delete. */
import { Confirm } from "../../components/Confirm";
import { now } from "../../clock";
import { startOf } from "../../states";
import { say } from "../../tell";
import type { MeetingView } from "../../wire";
import { copy } from "./clipboard";
import { explain } from "./explain";
import { whenText } from "../../i18n/times";
import { cancelMeeting, deleteMeeting, endMeeting } from "./rest";
import { t } from "./texts";

export type Grave = "end" | "cancel" | "delete";

interface AskFirstProps {
  what: Grave;
  meeting: MeetingView;
  onClose: () => void;
}

/** The news of what was done comes back as an event; only of a deleted meeting nobody tells. */
export function AskFirst({ what, meeting, onClose }: AskFirstProps) {
  return (
    <Confirm
      title={t(`askTitle.${what}`)}
      question={questionOf(what, meeting)}
      keep={t(`askKeep.${what}`)}
      act={t(`askDo.${what}`)}
      busy={t(`askBusy.${what}`)}
      explain={(error) => `${t("confirm.failed")} ${explain(error)}`}
      onAct={() => DOINGS[what](meeting)}
      onClose={onClose}
    />
  );
}

const DOINGS: Readonly<Record<Grave, (meeting: MeetingView) => Promise<unknown>>> = {
  end: ({ id }) => endMeeting(id),
  cancel: ({ id }) => cancelMeeting(id),
  delete: async ({ id, topic }) => {
    await deleteMeeting(id);
    say({ text: t("delete.done", { topic }) });
  },
};

function questionOf(what: Grave, meeting: MeetingView): string {
  const { topic, participantCount } = meeting;
  if (what === "end") return t("end.ask", { topic, count: participantCount });
  if (what === "delete") return t("delete.ask", { topic });
  const start = startOf(meeting);
  return start === null ? t("cancel.noTime", { topic }) : t("cancel.ask", { topic, when: whenText(start, now.peek()) });
}

/** The link everybody may have, as it is pasted elsewhere. */
export function joinLinkOf(meeting: MeetingView): string {
  return new URL(`/join/${meeting.id}`, location.origin).href;
}

/** Copies it and says so. */
export async function copyJoinLink(meeting: MeetingView): Promise<void> {
  const address = joinLinkOf(meeting);
  const isCopied = await copy(address);
  say({
    text: isCopied ? t("action.copied", { topic: meeting.topic }) : t("action.notCopied", { link: address }),
  });
}
