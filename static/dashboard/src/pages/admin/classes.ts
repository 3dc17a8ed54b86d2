/**
 * The classes this person has to do with, read once for the page.
 *
 * It exists because the rights of a teacher, the filter and the dialog all ask for the same list. While it is not
 * known, nobody is offered more than they surely may.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import { ApiError, call } from "../../api";
import type { SchoolClass } from "./rights";

interface ClassRow {
  id: string;
  name: string;
  subject?: string;
  studentCount?: number;
  teachers?: { id: string; name: string }[];
  permissions?: string[] | null;
}

const AGAIN_MS = 15_000;

const known = signal<readonly SchoolClass[]>([]);
export const classes: ReadonlySignal<readonly SchoolClass[]> = known;

let again: ReturnType<typeof setTimeout> | undefined;

/** Reads all of them; what was known stays while the server does not answer, and it is asked again. */
export async function loadClasses(): Promise<void> {
  clearTimeout(again);
  const found: SchoolClass[] = [];
  let after = "";
  try {
    do {
      const query = after === "" ? "" : `?after=${encodeURIComponent(after)}`;
      const page = await call<{ classes: ClassRow[]; next: string | null }>("GET", `/api/classes${query}`);
      found.push(...page.classes.map(schoolClass));
      after = page.next ?? "";
    } while (after !== "");
    known.value = found;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.isTemporary) again = setTimeout(() => void loadClasses(), AGAIN_MS);
  }
}

function schoolClass(row: ClassRow): SchoolClass {
  return {
    id: row.id,
    name: row.name,
    subject: row.subject ?? "",
    studentCount: row.studentCount ?? 0,
    teachers: row.teachers ?? [],
    permissions: row.permissions ?? [],
  };
}
