/**
 * Who is signed in on this page, and what kind of server this is.
 *
 * It exists so that the question is asked once per page load. It does not know what a role may see: the server does.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import { ApiError, readMe, signOut, type Me } from "./api";
import type { You } from "./wire";

const AGAIN_AFTER_MS = 5_000;
const UNCHOSEN_LABEL = "Class"; // what the server says when its operator set nothing

export type Session =
  { readonly is: "unknown" } | ({ readonly is: "signedIn" } & Me) | { readonly is: "failed"; readonly code: string };

const current = signal<Session>({ is: "unknown" });
export const session: ReadonlySignal<Session> = current;

/** Asks the server who is signed in, until it knows. Without a login the page leaves for the sign-in page. */
export async function loadSession(): Promise<void> {
  try {
    const { user, demo, version, class_label } = await readMe();
    current.value = { is: "signedIn", user, demo, version, class_label };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) return;
    current.value = { is: "failed", code: error.code };
    setTimeout(() => void loadSession(), AGAIN_AFTER_MS);
  }
}

/** What this school calls a class; `usual`, in the reader's language, where it has no word of its own. */
export function classWord(usual: string): string {
  const now = current.value;
  return now.is === "signedIn" && now.class_label !== UNCHOSEN_LABEL ? now.class_label : usual;
}

/** Ends the login, here and on the server. Errors: ApiError when the server did not hear it. */
export async function leave(): Promise<void> {
  await signOut();
  sessionStorage.clear();
  location.assign("/login");
}

export type Role = You["role"];

/** The page somebody starts from. */
export const HOMES: Readonly<Record<Role, string>> = {
  admin: "/admin/meetings",
  observer: "/admin/meetings",
  teacher: "/teacher/meetings",
  student: "/dashboard/ZoomIntegration",
};
