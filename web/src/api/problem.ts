/** What a refused request says (RFC 9457), and where in a form it belongs. */

export type ProblemBody = {
  title?: string;
  status?: number;
  code?: string;
  detail?: string;
  field?: string | null;
  params?: Record<string, string>;
};

/** Codes of our own, for failures that never reached the server; their texts are `problem.<code>` keys. */
export const UNREACHABLE = 'client.unreachable';
export const UNREADABLE = 'client.unreadable';

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | null;
  readonly params: Record<string, string>;

  constructor(body: ProblemBody, status: number) {
    super(body.detail ?? body.title ?? body.code ?? String(status));
    this.name = 'Problem';
    this.status = body.status ?? status;
    this.code = body.code ?? UNREADABLE;
    this.field = body.field ?? null;
    this.params = body.params ?? {};
  }

  /** Somebody changed the row first, or the case is no longer in the state the act was for. */
  get isConflict(): boolean {
    return this.status === 409;
  }

  get isForbidden(): boolean {
    return this.status === 403;
  }

  get isMissing(): boolean {
    return this.status === 404;
  }
}

/** Any thrown value as a problem. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new Problem({ code: UNREACHABLE, detail }, 0);
}

/** Whether the text has to come from our own keys, because no server wrote one. */
export function isOwn(problem: Problem): boolean {
  return problem.code === UNREACHABLE || problem.code === UNREADABLE;
}

/**
 * The form field a problem is about: the server says `input/reason` or `lines/0/quantity`, a form knows `reason` or `lines`.
 * Null when the form has no such field, so that the text is shown for the form as a whole.
 */
export function fieldOf(problem: Problem, names: readonly string[]): string | null {
  const parts = (problem.field ?? '').split('/').filter(Boolean);
  const inside = parts[0] === 'input' ? parts.slice(1) : parts;
  const name = inside[0];
  return name !== undefined && names.includes(name) ? name : null;
}
