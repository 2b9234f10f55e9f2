import { AppError, EXIT } from '../../rules/errors.ts';
import type { ApiFailure } from '../api/session.ts';

/** A request that is answered with a failure of its own. */
export class HttpFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;

  constructor(status: number, code: string, message: string, hint?: string) {
    super(message);
    this.name = 'HttpFailure';
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** The failure of a page that asks for what isn't there. */
export function notFound(what: string): HttpFailure {
  return new HttpFailure(404, 'NotFound', `There is no ${what}.`);
}

/** The failure of a request that can't be understood. */
export function badRequest(message: string, hint?: string): HttpFailure {
  return new HttpFailure(400, 'InvalidInput', message, hint);
}

const STATUS: Readonly<Record<string, number>> = {
  EndpointUnreachable: 503,
  QueueNotFound: 404,
  TopicNotFound: 404,
  AccessDenied: 403,
};

/** A failure as the API answers it. What is not an expected failure says nothing of itself. */
export function failureOf(error: unknown): { readonly status: number; readonly body: ApiFailure } {
  if (error instanceof HttpFailure) return answer(error.status, error);
  if (error instanceof AppError) {
    const code = error.code === 'EndpointUnreachable' ? 'EngineGone' : error.code;
    const byExit = error.exitCode === EXIT.usage ? 400 : error.exitCode === EXIT.denied ? 403 : 502;
    const { message, hint } = error;
    return answer(STATUS[error.code] ?? byExit, { code, message, hint });
  }
  return answer(500, { code: 'InternalFailure', message: 'That failed here.', hint: undefined });
}

function answer(
  status: number,
  { code, message, hint }: { code: string; message: string; hint: string | undefined },
) {
  return { status, body: { error: { code, message, hint: hint ?? null } } };
}
