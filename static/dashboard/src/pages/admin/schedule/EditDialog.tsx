/** A meeting changed: only what is different is sent, and what Zoom did not take is said. */
import { useEffect, useState } from "preact/hooks";
import { TriangleAlert } from "lucide";
import { ApiError } from "../../../api";
import { serverNow } from "../../../clock";
import { Dialog } from "../../../components/Dialog";
import { Icon } from "../../../components/Icon";
import { Skeleton } from "../../../components/Skeleton";
import { isStaffView } from "../../../store";
import { say } from "../../../tell";
import type { StaffMeeting, You } from "../../../wire";
import { classes } from "../classes";
import { explain } from "../explain";
import { changeMeeting, readMeeting } from "../rest";
import { schedulable, type SchoolClass } from "../rights";
import { t } from "../texts";
import { changesOf, draftOf, fieldNamed, type Draft } from "./draft";
import { ScheduleForm } from "./ScheduleForm";
import { ownZone } from "./zones";

interface EditDialogProps {
  you: You;
  meeting: StaffMeeting;
  onClose: () => void;
}

export function EditDialog({ you, meeting, onClose }: EditDialogProps) {
  const [before, setBefore] = useState<Draft | null>(null);
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [notTaken, setNotTaken] = useState<readonly string[]>([]);

  async function read() {
    setProblem("");
    try {
      const { meeting: found } = await readMeeting(meeting.id); // with the passcode, which no event carries
      const whole = isStaffView(found) ? found : meeting;
      setBefore(draftOf(whole, found.password ?? "", serverNow(), ownZone()));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(explain(error));
    }
  }
  useEffect(() => {
    void read();
  }, []);

  async function send(draft: Draft) {
    if (before === null) return;
    const changes = changesOf(before, draft);
    if (Object.keys(changes).length === 0) {
      say({ text: t("edit.unchanged") });
      return onClose();
    }
    setBusy(true);
    try {
      const { not_taken } = await changeMeeting(meeting.id, changes);
      if (not_taken.length > 0) return setNotTaken(not_taken);
      say({ text: t("edit.done", { topic: draft.topic.trim() }) });
      onClose();
    } finally {
      setBusy(false);
    }
  }

  const isWide = before !== null && notTaken.length === 0;
  return (
    <Dialog
      key={String(isWide)}
      title={t("edit.title")}
      class={isWide ? "schedule-dialog" : ""}
      isClosable={!isBusy}
      onClose={onClose}
    >
      {notTaken.length > 0 ? (
        <NotTaken names={notTaken} onClose={onClose} />
      ) : before !== null ? (
        <ScheduleForm
          first={before}
          before={before}
          host={meeting.host}
          you={you}
          classes={choices(schedulable(you, classes.value), meeting)}
          needsClass={you.role === "teacher" && meeting.class !== null}
          isBusy={isBusy}
          submit={t(isBusy ? "edit.busy" : "edit.submit")}
          foot={t("edit.foot")}
          onSend={send}
          onCancel={onClose}
        />
      ) : problem !== "" ? (
        <div role="alert">
          <p>{t("edit.failed")}</p>
          <p class="muted">{problem}</p>
          <div class="dialog-actions">
            <button type="button" class="button tall" onClick={() => void read()}>
              {t("drawer.retry")}
            </button>
          </div>
        </div>
      ) : (
        <>
          <p class="unseen">{t("edit.loading")}</p>
          <Skeleton count={5} class="rows" />
        </>
      )}
    </Dialog>
  );
}

/** The classes to choose from, with the one it has, of which the person may not be a scheduler. */
function choices(mine: readonly SchoolClass[], meeting: StaffMeeting): readonly SchoolClass[] {
  const { class: own, expectedCount } = meeting;
  if (own === null || mine.some(({ id }) => id === own.id)) return mine;
  return [{ ...own, subject: "", studentCount: expectedCount, teachers: [], permissions: [] }, ...mine];
}

function NotTaken({ names, onClose }: { names: readonly string[]; onClose: () => void }) {
  const fields = names.map((name) => {
    const field = fieldNamed(name);
    return field === undefined ? name : t(`form.${field}`);
  });
  return (
    <>
      <p class="notice tone-late" role="alert">
        <Icon of={TriangleAlert} />
        <span>{t("edit.notTaken", { fields: fields.join(", ") })}</span>
      </p>
      <div class="dialog-actions">
        <button type="button" class="button solid tall" autoFocus onClick={onClose}>
          {t("form.close")}
        </button>
      </div>
    </>
  );
}
