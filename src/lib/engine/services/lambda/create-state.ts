import { randomUUID } from 'node:crypto';
import { Closing } from '../../closing.ts';
import type { EngineParts } from '../../parts.ts';
import type { LambdaFunction } from './function.ts';
import type { FunctionHost } from './host.ts';
import { Environments } from './invoke/environments.ts';
import { acceptEvent, restoreEvents } from './invoke/events.ts';
import { restoreMappings, stopPollers } from './mapping/state.ts';
import {
  codeInUse,
  FUNCTIONS_TABLE,
  type LambdaPorts,
  type LambdaState,
  MAX_ENVIRONMENTS,
} from './state.ts';
import { FunctionTallies } from './tally.ts';

/** The state that the journal holds; empty at the first start. */
export function createLambdaState(
  parts: EngineParts,
  ports: LambdaPorts,
  host: FunctionHost,
): LambdaState {
  const state: LambdaState = {
    ...ports,
    parts,
    host,
    functions: new Map(),
    mappings: new Map(),
    pollers: new Map(),
    running: new Map(),
    tallies: new FunctionTallies(),
    code: host.code,
    environments: new Environments(MAX_ENVIRONMENTS),
    closed: new Closing(),
    deliverEvent: (functionArn, payload) =>
      acceptEvent(state, { id: randomUUID(), functionArn, payload }),
  };
  for (const { value } of parts.journal.entries(FUNCTIONS_TABLE)) {
    const fn = value as LambdaFunction;
    state.functions.set(fn.arn, fn);
  }
  state.code.sweep(codeInUse(state));
  restoreMappings(state);
  restoreEvents(state);
  return state;
}

/** Ends every process, and lets nothing run any more. */
export function closeLambda(state: LambdaState): void {
  if (state.closed.aborted) return;
  state.closed.abort();
  stopPollers(state);
  state.host.track(state.environments.close());
}
