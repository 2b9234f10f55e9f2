import type { UpstreamAnswer } from './upstream.ts';

/** Answers that are kept, and bytes of all their bodies. */
const MOST = { answers: 500, bytes: 16 * 1024 * 1024 };

/** An answer that was good once. */
export interface LastAnswer {
  readonly answer: UpstreamAnswer;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The last good answer to each request, so many and no more. */
export interface LastAnswers {
  keep(request: string, answer: UpstreamAnswer): void;
  find(request: string): LastAnswer | undefined;
}

export function createLastAnswers(most: typeof MOST = MOST): LastAnswers {
  const answers = new Map<string, LastAnswer>();
  let bytes = 0;
  const drop = (request: string): void => {
    bytes -= answers.get(request)?.answer.body.length ?? 0;
    answers.delete(request);
  };
  return {
    keep: (request, answer) => {
      drop(request);
      answers.set(request, { answer, at: Date.now() });
      bytes += answer.body.length;
      // Those that were kept first go first.
      for (const each of answers.keys()) {
        if (answers.size <= most.answers && bytes <= most.bytes) break;
        drop(each);
      }
    },
    find: (request) => answers.get(request),
  };
}
