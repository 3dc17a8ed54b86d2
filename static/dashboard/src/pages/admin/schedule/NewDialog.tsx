/**
 * A new meeting. It stays until the server has answered, and adds no row: that comes with the event, once.
 *
 * The key that makes a repeated request harmless is made with the dialog, so that however often one tries, one
 * meeting comes of it.
 */
import { useMemo, useState } from "preact/hooks";
import { serverNow } from "../../../clock";
import { Dialog } from "../../../components/Dialog";
import { startOf } from "../../../states";
import { expectOwn, say } from "../../../tell";
import type { StaffMeeting, You } from "../../../wire";
import { classes } from "../classes";
import { copyJoinLink } from "../doings";
import { noteOwn } from "../list/own";
import { whenText } from "../../../i18n/times";
import { createMeeting } from "../rest";
import { schedulable } from "../rights";
import { t } from "../texts";
import { bodyOf, newDraft, newPasscode, type Draft } from "./draft";
import { ScheduleForm } from "./ScheduleForm";
import { ownZone } from "./zones";

interface NewDialogProps {
  you: You;
  onClose: () => void;
  onMade: (meeting: StaffMeeting) => void;
}

export function NewDialog({ you, onClose, onMade }: NewDialogProps) {
  const [isBusy, setBusy] = useState(false);
  const key = useMemo(newKey, []);
  const mine = schedulable(you, classes.value);
  const isTeacher = you.role === "teacher";
  const first = useMemo(
    () => newDraft(serverNow(), ownZone(), isTeacher && mine.length === 1 ? (mine[0]?.id ?? "") : "", newPasscode()),
    [],
  );

  async function send(draft: Draft) {
    setBusy(true);
    const stopExpecting = expectOwn(draft.topic.trim()); // the toast below says it better
    try {
      const { meeting } = await createMeeting(bodyOf(draft), key);
      noteOwn(meeting.id);
      onClose();
      tellMade(meeting);
      onMade(meeting);
    } finally {
      setBusy(false);
      stopExpecting();
    }
  }

  return (
    <Dialog title={t("new.title")} class="schedule-dialog" isClosable={!isBusy} onClose={onClose}>
      <ScheduleForm
        first={first}
        you={you}
        classes={mine}
        needsClass={isTeacher}
        isBusy={isBusy}
        submit={t(isBusy ? "new.busy" : "new.submit")}
        foot={t("new.foot")}
        onSend={send}
        onCancel={onClose}
      />
    </Dialog>
  );
}

function tellMade(meeting: StaffMeeting): void {
  const { topic } = meeting;
  const start = startOf(meeting) ?? serverNow();
  say({
    text: t("new.done", { topic, time: whenText(start, serverNow()) }),
    about: meeting.id,
    action: {
      label: t("new.copyLink"),
      spoken: t("new.copyLinkOf", { topic }),
      run: () => void copyJoinLink(meeting),
    },
  });
}

/** Random enough that nobody else has it; `randomUUID` is missing where the page came over plain http. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
