import { JSON_TYPE } from './api.ts';
import { type Problem, problemBody } from './problem.ts';

/** How an API writes its problems. */
export interface ProblemFormat {
  readonly contentType: string;
  body(problem: Problem): string;
}

/** `{"error": {"code", "message"}}`, or `{"errors": {…}}` by field. */
export const PLAIN_PROBLEMS: ProblemFormat = { contentType: JSON_TYPE, body: problemBody };
