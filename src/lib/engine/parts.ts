import type { NamedIdentity } from '../rules/identities.ts';
import type { Clock } from './clock.ts';
import type { FaultInjector } from './http/fault-injector.ts';
import type { Journal } from './journal/journal.ts';
import type { Meter } from './observe/meter.ts';
import type { Notes, PolicyNote, RoleNote } from './observe/policy-notes.ts';
import type { Trace } from './observe/trace.ts';
import type { Traces } from './observe/traces/traces.ts';

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
  /** `warn` lets pass what a queue's policy or a role refuses, and notes it; `enforce` unless given. */
  readonly policies?: 'enforce' | 'warn';
  /**
   * Hosts, with or without a port, that HTTP subscriptions may lead to besides this machine; none unless given.
   */
  readonly allowHttp?: readonly string[];
  /** Whose access keys are; all are an account's root unless given. */
  readonly identities?: readonly NamedIdentity[];
}

/** What every service's state is made from. */
export interface EngineParts {
  readonly options: EngineOptions;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly trace: Trace;
  /** Spans of programs, and which messages carry which trace. */
  readonly traces: Traces;
  /** Counts for CloudWatch's metrics. */
  readonly meter: Meter;
  /** Subscriptions that a queue's policy breaks. */
  readonly policyNotes: Notes<PolicyNote>;
  /** What roles may not, and the engine lets them. */
  readonly roleNotes: Notes<RoleNote>;
  readonly faults: FaultInjector;
}
