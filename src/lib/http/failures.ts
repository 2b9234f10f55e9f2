import { isTransient } from '../aws/transient.ts';
import { databaseProblem } from '../database/database-problem.ts';
import { LOCK_NOT_AVAILABLE } from '../database/limits.ts';
import { AppError } from '../rules/errors.ts';
import type { ApiAnswer } from './api.ts';
import { wrongMediaType } from './json-body.ts';
import { nothingHere } from './missing-routes.ts';
import { Problem } from './problem.ts';
import { PLAIN_PROBLEMS, type ProblemFormat } from './problem-format.ts';
import type { ServerLog } from './server-log.ts';

/** Seconds after which a client may try again where the database was away. */
const RETRY_AFTER = '1';
/** Milliseconds from a request's head to its answer, the time in which its body arrives included. */
export const ANSWER_TIMEOUT_MS = 25_000;

/** Refusals of the server framework, by its code, in our words. */
const FRAMEWORK: Readonly<Record<string, Problem>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: wrongMediaType(),
  FST_ERR_CTP_BODY_TOO_LARGE: tooLarge(),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new Problem(
    400,
    'WrongLength',
    'The body is not as long as Content-Length says.',
  ),
  FST_ERR_BAD_URL: new Problem(400, 'MalformedUrl', 'The address is not a valid URL.'),
  FST_ERR_MAX_PARAM_LENGTH: nothingHere(),
};

/** 413: more bytes than a body may have. */
export function tooLarge(): Problem {
  return new Problem(413, 'TooLarge', 'The body is too large.');
}

/** What an API makes of an error of its own; undefined leaves it to what all have in common. */
export type OwnProblem = (thrown: unknown) => Problem | undefined;

/** How an API answers errors. */
export interface FailureRules {
  /** Asked first. */
  readonly own?: OwnProblem | undefined;
  /** `PLAIN_PROBLEMS` unless given. */
  readonly format?: ProblemFormat | undefined;
}

/**
 * The answer to what a route or the framework threw; what nobody expected is logged and says nothing of itself.
 */
export function failureAnswer(
  error: unknown,
  requestId: string,
  log: ServerLog,
  { own, format = PLAIN_PROBLEMS }: FailureRules = {},
): ApiAnswer & Required<Pick<ApiAnswer, 'headers'>> {
  const problem = problemOf(error, own);
  if (problem.status >= 500) {
    log({ kind: 'failure', requestId, message: databaseProblem(error) });
  }
  const { status, headers } = problem;
  return {
    status,
    headers: { ...headers, 'content-type': format.contentType },
    body: format.body(problem),
  };
}

/** The problem that an error is answered as. @param own asked first */
export function problemOf(thrown: unknown, own?: OwnProblem): Problem {
  if (thrown instanceof Problem) return thrown;
  const error = thrown as { readonly code?: string; readonly statusCode?: number };
  const known = own?.(thrown) ?? FRAMEWORK[error.code ?? ''];
  if (known) return known;
  const { statusCode } = error;
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new Problem(statusCode, 'BadRequest', 'The request is malformed.');
  }
  if (isLocked(error)) return temporary('Busy', 'Somebody else changes this just now: try again.');
  // The work goes on, and what comes of it is unknown: a repeated POST needs its key.
  if (error.code === 'FST_ERR_HANDLER_TIMEOUT') return slow();
  if (isOutage(error)) {
    return temporary('DatabaseUnavailable', 'The data can not be reached just now.');
  }
  return new Problem(500, 'InternalError', 'Something went wrong; the log says what.');
}

/** 503 for what may work in a moment. @param code PascalCase */
export function temporary(code: string, message: string): Problem {
  return new Problem(503, code, message, { headers: { 'retry-after': RETRY_AFTER } });
}

/** Whether a lock was not given in time. */
export function isLocked(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === LOCK_NOT_AVAILABLE;
}

/** 503 where an answer takes too long; what is asked for may be done all the same. */
export function slow(timeoutMs: number = ANSWER_TIMEOUT_MS): Problem {
  const message = `There was no answer within ${Math.round(timeoutMs / 100) / 10} s.`;
  return temporary('AnswerTimeout', message);
}

/**
 * Whether the store was away rather than asked the wrong thing: what may pass of a call to AWS; of a database a broken
 * or refused connection, a timeout, a server that stops or has no room, or a deadlock. Classes of SQLSTATE: 08
 * connection, 25006 read-only, 40 rollback, 53 resources, 57 operator, 58 system.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof AppError) return isTransient(error);
  const { code, message = '' } = error as { code?: unknown; message?: string };
  if (error instanceof AggregateError) return error.errors.every(isOutage);
  if (typeof code === 'string') {
    return /^(08|25006|40|53|57|58)/.test(code) || /^E[A-Z]+$/.test(code);
  }
  return /timeout|terminated|closed|not queryable|ending|after calling end/i.test(message);
}
