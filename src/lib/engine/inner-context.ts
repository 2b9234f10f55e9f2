import { randomUUID } from 'node:crypto';
import type { RequestContext } from './action.ts';
import type { EngineParts } from './parts.ts';
import type { ServiceCaller } from './ports.ts';

/**
 * The context of an action that a service of the engine runs for a caller: no client's connection waits for its answer.
 *
 * @param state of the service whose action it is.
 * @param userAgent the service that runs it.
 */
export function innerContext<State>(
  { clock, journal }: Pick<EngineParts, 'clock' | 'journal'>,
  state: State,
  caller: ServiceCaller,
  userAgent: string,
): RequestContext<State> {
  return {
    ...caller,
    state,
    clock,
    journal,
    requestId: randomUUID(),
    userAgent,
    isPlainText: false,
    connection: { destroyed: false },
    traceHeader: undefined,
    signal: new AbortController().signal,
  };
}
