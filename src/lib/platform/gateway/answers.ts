import { Problem } from '../../http/problem.ts';
import type { ServiceName } from '../service/names.ts';
import type { LastAnswers } from './last-answers.ts';
import { CircuitOpen, type ResilientService } from './resilient-service.ts';
import {
  CallerLate,
  type UpstreamAnswer,
  UpstreamFailure,
  type UpstreamRequest,
} from './upstream.ts';

/** Marks an answer that was given before, as the service gives none now. */
export const FALLBACK_HEADER = 'x-fallback';
export const LAST_ANSWER = 'last-good-answer';

/** What is asked of a service, and how. */
export interface ServiceCall extends UpstreamRequest {
  readonly service: ServiceName;
  /** Whether it can be asked again. */
  readonly safe: boolean;
  /** Whether the last good answer is as good as none; it MUST be the same for everybody. */
  readonly fallback: boolean;
}

export interface AnswersOptions {
  readonly services: (name: ServiceName) => ResilientService;
  readonly last: LastAnswers;
  /** Told of each answer that was given before. */
  readonly onFallback?: (service: ServiceName) => void;
}

/** Gets answers from services. @throws Problem 502, 503 or 504 */
export type Answers = (call: ServiceCall) => Promise<UpstreamAnswer>;

/** Falls back on the last good answer where there is one, and says in a Problem why there is none. */
export function createAnswers({ services, last, onFallback }: AnswersOptions): Answers {
  return async (call) => {
    const address = `${call.service} ${call.path}`;
    try {
      const answer = await services(call.service).ask(call, call.safe);
      if (call.fallback && answer.status === 200) last.keep(address, answer);
      return answer;
    } catch (error) {
      const found = call.fallback && !(error instanceof CallerLate) && last.find(address);
      if (found) {
        onFallback?.(call.service);
        const { answer, at } = found;
        const age = String(Math.floor((Date.now() - at) / 1000));
        return { ...answer, headers: { ...answer.headers, age, [FALLBACK_HEADER]: LAST_ANSWER } };
      }
      return answerTo(error, call.service);
    }
  };
}

function answerTo(error: unknown, service: ServiceName): UpstreamAnswer {
  if (error instanceof UpstreamFailure && error.answer) return error.answer;
  throw problemOf(error, service);
}

function problemOf(error: unknown, service: ServiceName): unknown {
  if (error instanceof CallerLate) {
    return new Problem(504, 'deadline_exceeded', 'The deadline of this request is over.');
  }
  if (error instanceof CircuitOpen) {
    return new Problem(503, 'circuit_open', `The service ${service} is given time to recover.`, {
      headers: { 'retry-after': '5' },
    });
  }
  if (!(error instanceof UpstreamFailure)) return error;
  return error.kind === 'timeout'
    ? new Problem(504, 'service_timeout', `The service ${service} did not answer in time.`)
    : new Problem(
        502,
        'service_unreachable',
        `The service ${service} can not be reached just now.`,
      );
}
