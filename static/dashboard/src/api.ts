/**
 * The REST door: alone calls fetch.
 *
 * It exists so that every answer is either what was asked for or one kind of error that says what to tell a person,
 * and so that a login that is over leads to the sign-in page from wherever it is noticed. It keeps nothing.
 */
import type { ListingMessage } from "./store";
import type { You } from "./wire";

const DEADLINE_MS = 15_000;
const SHORT_DEADLINE_MS = 3_000;

/** A request was refused or never answered. `code` is stable; `network` when nobody answered. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly isTemporary: boolean;
  /** What is wrong with which field of a form. */
  readonly fields: Readonly<Record<string, string>>;
  readonly retryAfterS: number | null;

  constructor(code: string, message: string, more: Partial<Omit<ApiError, keyof Error | "code">> = {}) {
    super(message);
    this.code = code;
    this.status = more.status ?? 0;
    this.isTemporary = more.isTemporary ?? false;
    this.fields = more.fields ?? {};
    this.retryAfterS = more.retryAfterS ?? null;
  }
}

interface ErrorAnswer {
  error?: { code?: string; message?: string; temporary?: boolean; fields?: Record<string, string> };
}

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

export interface Sending {
  body?: unknown;
  /** Makes a repeated request harmless. */
  idempotencyKey?: string;
  /** Where a wrong or missing login is this call's own business. */
  isSignIn?: boolean;
  deadlineMs?: number;
}

/**
 * Calls the server and returns its JSON answer.
 *
 * Errors: ApiError. On 401 the page leaves for the sign-in page first, unless this is the sign-in.
 */
export async function call<Answer>(method: Method, path: string, sending: Sending = {}): Promise<Answer> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (sending.body !== undefined) headers["Content-Type"] = "application/json";
  if (sending.idempotencyKey !== undefined) headers["Idempotency-Key"] = sending.idempotencyKey;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      signal: AbortSignal.timeout(sending.deadlineMs ?? DEADLINE_MS),
      ...(sending.body !== undefined && { body: JSON.stringify(sending.body) }),
    });
  } catch (cause) {
    throw new ApiError("network", String(cause), { isTemporary: true });
  }
  const answer = await jsonOf(response);
  if (response.ok) return answer as Answer;
  if (response.status === 401 && sending.isSignIn !== true) leaveForSignIn();
  throw errorOf(response, answer as ErrorAnswer);
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return {}; // a proxy's page, or nothing at all: the status says enough
  }
}

function errorOf(response: Response, { error = {} }: ErrorAnswer): ApiError {
  const after = Number(response.headers.get("Retry-After"));
  return new ApiError(error.code ?? `http_${response.status}`, error.message ?? response.statusText, {
    status: response.status,
    isTemporary: error.temporary ?? response.status >= 500,
    fields: error.fields ?? {},
    retryAfterS: Number.isFinite(after) && after > 0 ? after : null,
  });
}

/** Goes to the sign-in page, which returns to where this page is. */
export function leaveForSignIn(): void {
  const here = location.pathname + location.search;
  location.assign(here === "/" ? "/login" : `/login?next=${encodeURIComponent(here)}`);
}

/** Where to go after signing in: a path of ours, never another site's address. */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])[^\s\\]*$/.test(next) && !next.startsWith("/login") ? next : "/";
}

export interface Me {
  user: You;
  demo: boolean;
  version: string;
  /** The school's word for a class. */
  class_label: string;
}

export interface Health {
  status: string;
  demo: boolean;
  version: string;
}

export const signIn = (email: string, password: string): Promise<{ user: You }> =>
  call("POST", "/api/auth/login", { body: { email, password }, isSignIn: true });

export const signOut = (): Promise<unknown> => call("POST", "/api/auth/logout", { isSignIn: true });

export const readMe = (): Promise<Me> => call("GET", "/api/auth/me");

/** What kind of server this is; the sign-in page waits for it, but not for long. */
export const readHealth = (): Promise<Health> =>
  call("GET", "/api/health", { isSignIn: true, deadlineMs: SHORT_DEADLINE_MS });

/** What is running or still to come, for a page whose socket is down; late is as good as never. */
export const pollMeetings = (): Promise<ListingMessage["body"]> =>
  call("GET", "/api/zoom/meetings?tab=upcoming", { deadlineMs: SHORT_DEADLINE_MS });

/** Starts the scripted class of the demo school. */
export const playClass = (): Promise<unknown> => call("POST", "/api/demo/play");
