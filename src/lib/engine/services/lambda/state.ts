import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Closing } from '../../closing.ts';
import type { EngineParts } from '../../parts.ts';
import type { LogPort, QueueFactsPort, QueuePort, RolePort } from '../../ports.ts';
import type { CodeStore } from './code/store.ts';
import type { FunctionCode, LambdaFunction } from './function.ts';
import type { FunctionHost } from './host.ts';
import type { Environments } from './invoke/environments.ts';
import type { EventSourceMapping, MappingPoller } from './mapping/mapping.ts';
import type { FunctionTallies } from './tally.ts';

/** The other services, as far as functions need them. */
export interface LambdaPorts {
  readonly logs: LogPort;
  readonly roles: RolePort;
  readonly queues: QueueFactsPort & QueuePort;
}

/** Everything Lambda keeps. ARNs hold account and region, so that one of each map serves all of them. */
export interface LambdaState extends LambdaPorts {
  readonly parts: EngineParts;
  readonly host: FunctionHost;
  /** By ARN. */
  readonly functions: Map<string, LambdaFunction>;
  /** By UUID. */
  readonly mappings: Map<string, EventSourceMapping>;
  /** Of the mappings that are enabled, by UUID. */
  readonly pollers: Map<string, MappingPoller>;
  /** Invocations under way, by function ARN. */
  readonly running: Map<string, number>;
  readonly tallies: FunctionTallies;
  readonly code: CodeStore;
  readonly environments: Environments;
  /** Takes an event for a function, which another gave as its destination. @param payload JSON. */
  deliverEvent(functionArn: string, payload: string): void;
  /** Aborted when the engine ends or begins anew: nothing may wait any longer. */
  readonly closed: Closing;
}

/** The journal's table of functions. */
export const FUNCTIONS_TABLE = 'lambda.functions';

/** Processes at a time on this machine: more would only take each other's time, and memory. */
export const MAX_ENVIRONMENTS = Math.max(16, 4 * availableParallelism());

/** Makes a function known, or puts it in the place of the one before. */
export function storeFunction(state: LambdaState, fn: LambdaFunction): void {
  state.functions.set(fn.arn, fn);
  state.parts.journal.put(FUNCTIONS_TABLE, fn.arn, fn);
}

/** Forgets a function and ends what runs of it. */
export function dropFunction(state: LambdaState, { arn }: LambdaFunction): void {
  state.functions.delete(arn);
  state.tallies.drop(arn);
  state.parts.journal.remove(FUNCTIONS_TABLE, arn);
  state.environments.retire(arn);
}

/** The code of all versions. */
export function codeInUse({ functions }: Pick<LambdaState, 'functions'>): FunctionCode[] {
  return [...functions.values()].flatMap(({ latest, published }) =>
    [latest, ...published].map(({ code }) => code),
  );
}

/** How long a process may go on with code that no version has any more, in milliseconds: the longest timeout. */
const LONGEST_RUN_MS = 900_000;

/** Drops code that no version has any more, when no process can be at work with it either. */
export function sweepCodeLater(state: LambdaState): void {
  // Another state may have the folder once this one has ended, with code that this one doesn't know.
  sleep(LONGEST_RUN_MS, undefined, { ref: false, signal: state.closed.signal }).then(
    () => state.code.sweep(codeInUse(state)),
    () => undefined,
  );
}
