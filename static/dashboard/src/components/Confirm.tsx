/**
 * A question before something that cannot be undone: it names the thing and what happens, and starts on the safe answer.
 *
 * It stays until the thing is done; when it was not, it says so and may be tried again.
 */
import { useState } from "preact/hooks";
import { CircleAlert } from "lucide";
import { ApiError } from "../api";
import { Dialog } from "./Dialog";
import { Icon } from "./Icon";

interface ConfirmProps {
  title: string;
  question: string;
  keep: string;
  act: string;
  busy: string;
  onAct: () => Promise<unknown>;
  /** What went wrong, in words. */
  explain: (error: ApiError) => string;
  onClose: () => void;
}

export function Confirm({ title, question, keep, act, busy, onAct, explain, onClose }: ConfirmProps) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  async function run() {
    setBusy(true);
    setProblem("");
    try {
      await onAct();
      onClose();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(explain(error));
      setBusy(false);
    }
  }

  return (
    <Dialog title={title} onClose={onClose} isClosable={!isBusy} class="confirm">
      <p>{question}</p>
      <div role="alert">
        {problem !== "" && (
          <p class="problem">
            <Icon of={CircleAlert} />
            {problem}
          </p>
        )}
      </div>
      <div class="dialog-actions">
        <button type="button" class="button tall" autoFocus disabled={isBusy} onClick={onClose}>
          {keep}
        </button>
        <button type="button" class="button tall danger" disabled={isBusy} onClick={() => void run()}>
          {isBusy ? busy : act}
        </button>
      </div>
    </Dialog>
  );
}
