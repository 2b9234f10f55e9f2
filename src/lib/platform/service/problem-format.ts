import { STATUS_CODES } from 'node:http';
import type { Problem } from '../../http/problem.ts';
import type { ProblemFormat } from '../../http/problem-format.ts';

/**
 * Problems as `application/problem+json`. `code` is what clients match on, in small letters with underscores.
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export const PROBLEM_JSON: ProblemFormat = {
  contentType: 'application/problem+json; charset=utf-8',
  body: ({ status, code, message, errors }: Problem) =>
    JSON.stringify({
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail: message,
      code: code.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase(),
      ...(errors && { errors }),
    }),
};
