/** A quiet line when Zoom said something this version does not understand, and the list behind it. For admins. */
import { useEffect, useState } from "preact/hooks";
import { Info } from "lucide";
import { ApiError } from "../../api";
import { now } from "../../clock";
import { Dialog } from "../../components/Dialog";
import { Icon } from "../../components/Icon";
import { Time } from "../../components/Time";
import { whenText } from "../../i18n/times";
import { readNotUnderstood, type Delivery } from "./rest";
import { t } from "./texts";

const LOOK_EVERY_MS = 5 * 60_000;

interface Unread {
  readonly count: number;
  readonly newest: readonly Delivery[];
}

export function NotUnderstood() {
  const [{ count, newest }, setUnread] = useState<Unread>({ count: 0, newest: [] });
  const [isOpen, open] = useState(false);
  useEffect(() => {
    let isHere = true;
    const look = async () => {
      try {
        const { deliveries, counts } = await readNotUnderstood();
        if (isHere) setUnread({ count: counts["not_understood"] ?? 0, newest: deliveries });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error; // it is looked at again; the page itself lacks nothing
      }
    };
    void look();
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => {
      isHere = false;
      clearInterval(timer);
    };
  }, []);

  if (count === 0) return null;
  return (
    <p class="notice tone-late">
      <Icon of={Info} />
      <span>{t("unread.notice", { count })}</span>
      <button type="button" class="link-button" onClick={() => open(true)}>
        {t("unread.show")}
      </button>
      {isOpen && <UnreadDialog count={count} newest={newest} onClose={() => open(false)} />}
    </p>
  );
}

function UnreadDialog({ count, newest, onClose }: Unread & { onClose: () => void }) {
  const shown = newest.slice(0, Math.max(count, 1));
  return (
    <Dialog title={t("unread.title")} class="unread" onClose={onClose}>
      <p class="muted">{t("unread.help")}</p>
      <div class="unread-table" tabIndex={0} role="region" aria-label={t("unread.title")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("unread.received")}</th>
              <th scope="col">{t("unread.kind")}</th>
              <th scope="col">{t("unread.problem")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ id, received_at, kind, problem }) => (
              <tr key={id}>
                <td>
                  <Time at={Date.parse(received_at)}>{whenText(Date.parse(received_at), now.peek())}</Time>
                </td>
                <td>{kind === "" ? t("unread.noKind") : kind}</td>
                <td>{problem === "" ? t("list.none") : problem}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {count > shown.length && <p class="muted">{t("unread.more")}</p>}
    </Dialog>
  );
}
