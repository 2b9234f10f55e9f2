import type { Clock } from './clock.ts';
import type { FaultInjector } from './http/fault-injector.ts';
import type { Journal } from './journal/journal.ts';
import { Trace } from './observe/trace.ts';
import { createKmsState, type KmsState } from './services/kms/state.ts';
import { createSnsState, type SnsState } from './services/sns/state.ts';
import { createSqsState, type SqsState } from './services/sqs/state.ts';
import { createStsState, type StsState } from './services/sts/state.ts';

/** How an engine runs. */
export interface EngineOptions {
  /** TCP port on 127.0.0.1; 0 picks a free one. */
  readonly port: number;
  /** The folder that holds the durable state; absent for an engine that keeps its state in memory only. */
  readonly stateDir?: string;
  /**
   * Whether AWS's waiting periods hold: 60 s before a deleted queue's name can be used again, 60 s between two purges.
   * On unless set to false.
   */
  readonly strictTimings: boolean;
}

/** What a service's state is made from. */
export interface EngineParts {
  readonly options: EngineOptions;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly trace: Trace;
  readonly faults: FaultInjector;
}

/** Everything the actions work on. State is kept apart by account and region. */
export interface Engine extends EngineParts {
  readonly sqs: SqsState;
  readonly sns: SnsState;
  readonly sts: StsState;
  readonly kms: KmsState;
}

/** Wires the services' states, which read back what the journal holds. */
export function createEngine(
  options: EngineOptions,
  journal: Journal,
  parts: Pick<EngineParts, 'clock' | 'faults'>,
): Engine {
  const common: EngineParts = {
    options,
    journal,
    trace: new Trace(),
    ...parts,
  };
  return {
    ...common,
    sqs: createSqsState(common),
    sns: createSnsState(common),
    sts: createStsState(common),
    kms: createKmsState(common),
  };
}
