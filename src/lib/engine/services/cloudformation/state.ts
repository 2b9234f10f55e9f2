import { Closing } from '../../closing.ts';
import type { EngineParts } from '../../parts.ts';
import type { SchedulePort, ServiceCaller, ServicesPort } from '../../ports.ts';
import type { Properties } from './resources/check-properties.ts';
import type { Made } from './resources/resource-type.ts';
import type { GivenParameter } from './template/parameters.ts';
import type { DeletionPolicy } from './template/template.ts';

/** What a caller asks a stack to be. Everything is kept in the journal: nothing may be undefined. */
export interface StackInput {
  /** The template as it was given. */
  readonly template: string;
  readonly parameters: readonly GivenParameter[];
  readonly tags: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  readonly notificationArns: readonly string[];
  /** Empty where the caller's own permissions count. */
  readonly roleArn: string;
}

/** One resource of a stack. */
export interface StackResource extends Made {
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  /** Milliseconds of the engine's time. */
  readonly updatedAt: number;
  readonly properties: Properties;
  /** What generated names end with. */
  readonly suffix: string;
  /** Logical ids of those that it needs. */
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: DeletionPolicy;
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description: string;
  /** Empty where it isn't exported. */
  readonly exportName: string;
}

/** What a stack was before an update. */
export type StackBefore = Pick<Stack, 'input' | 'resources' | 'outputs' | 'description'>;

/** What is being done to a stack; it goes on where it was when the engine ended meanwhile. */
export interface Operation {
  readonly kind: 'create' | 'update' | 'delete';
  readonly phase: 'forward' | 'rollback' | 'cleanup';
  readonly caller: Omit<ServiceCaller, 'sessionPolicy'>;
  readonly input: StackInput;
  /** Of an update. */
  readonly before: StackBefore | null;
  /** Logical ids that are done in the direction `forward`. */
  readonly done: readonly string[];
  /** Resources that were replaced, in the order in which that happened. */
  readonly replaced: readonly StackResource[];
  /** Why it failed, as the stack's status tells it; empty while it hasn't. */
  readonly failure: string;
  readonly onFailure: 'ROLLBACK' | 'DELETE' | 'DO_NOTHING';
  /** Logical ids that a deletion leaves where they are, and a rollback that goes on. */
  readonly retained: readonly string[];
}

/** A stack. Times are milliseconds of the engine's time; 0 for what hasn't happened. */
export interface Stack {
  /** Its ARN. */
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deletedAt: number;
  readonly status: string;
  readonly reason: string;
  readonly description: string;
  readonly input: StackInput;
  readonly disableRollback: boolean;
  /** Minutes; 0 without a bound. */
  readonly timeoutMinutes: number;
  readonly isProtected: boolean;
  /** What began the last operation, with the caller's token: `create:TOKEN`; empty without one. */
  readonly requestToken: string;
  /** Of the change set that was executed last; empty without one. */
  readonly changeSetId: string;
  /** By logical id. */
  readonly resources: Readonly<Record<string, StackResource>>;
  readonly outputs: readonly StackOutput[];
  /** Names of exports that its values come from. */
  readonly imports: readonly string[];
  readonly operation: Operation | null;
  /** The update whose rollback failed, as far as it is still to be taken back. */
  readonly failedUpdate: Operation | null;
}

/** Something that happened to a stack or one of its resources. */
export interface StackEvent {
  readonly id: string;
  /** Counts up over all stacks. */
  readonly serial: number;
  readonly stackId: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  /** JSON; empty for the stack itself. */
  readonly properties: string;
  /** Of the call that began the operation; empty without one. */
  readonly token: string;
  readonly timestamp: number;
}

/** Changes that were worked out and are not made yet. */
export interface ChangeSet {
  /** Its ARN. */
  readonly id: string;
  readonly name: string;
  readonly stackId: string;
  readonly description: string;
  readonly kind: 'create' | 'update';
  readonly createdAt: number;
  readonly status: 'CREATE_COMPLETE' | 'FAILED';
  readonly executionStatus: 'AVAILABLE' | 'UNAVAILABLE' | 'EXECUTE_COMPLETE';
  readonly reason: string;
  readonly input: StackInput;
  readonly onFailure: Operation['onFailure'];
  /** `ResourceChange`s as they are shown. */
  readonly changes: readonly object[];
}

/** Everything CloudFormation keeps. ARNs hold account and region, so that one of each map serves all of them. */
export interface CloudFormationState {
  readonly parts: EngineParts;
  readonly services: ServicesPort;
  readonly schedules: SchedulePort;
  /** By id; deleted ones too. */
  readonly stacks: Map<string, Stack>;
  readonly changeSets: Map<string, ChangeSet>;
  /** By stack id, oldest first. */
  readonly events: Map<string, StackEvent[]>;
  /** Operations under way, by stack id. */
  readonly running: Map<string, Promise<void>>;
  nextSerial: number;
  /** Counts the changes of stacks: what was read from them holds for as long as it stays. */
  revision: number;
  /** Aborted when the engine ends or begins anew: no operation goes on. */
  readonly closed: Closing;
}

const TABLES = {
  stacks: 'cloudformation.stacks',
  changeSets: 'cloudformation.change-sets',
  events: 'cloudformation.events',
} as const;

/** Events of one stack that are kept: the oldest go first. */
const MAX_EVENTS = 2_000;
/** Deleted stacks that are kept: the oldest go first. AWS keeps them for 90 days. */
const MAX_DELETED = 100;

/** The state that the journal holds; empty at the first start. */
export function createCloudFormationState(
  parts: EngineParts,
  services: ServicesPort,
  schedules: SchedulePort,
): CloudFormationState {
  const state: CloudFormationState = {
    parts,
    services,
    schedules,
    stacks: new Map(),
    changeSets: new Map(),
    events: new Map(),
    running: new Map(),
    nextSerial: 1,
    revision: 0,
    closed: new Closing(),
  };
  for (const { value } of parts.journal.entries(TABLES.stacks)) {
    // What earlier versions wrote has no failed update.
    const kept = value as Stack;
    const stack = { ...kept, failedUpdate: kept.failedUpdate ?? null };
    state.stacks.set(stack.id, stack);
  }
  for (const { value } of parts.journal.entries(TABLES.changeSets)) {
    const changeSet = value as ChangeSet;
    state.changeSets.set(changeSet.id, changeSet);
  }
  for (const { value } of parts.journal.entries(TABLES.events)) {
    const event = value as StackEvent;
    eventsOf(state, event.stackId).push(event);
    state.nextSerial = event.serial + 1;
  }
  return state;
}

/** Lets no operation go on. */
export function closeCloudFormation({ closed }: CloudFormationState): void {
  closed.abort();
}

/** Knows of an operation while it is under way. @returns when it is over. */
export function track(
  { running }: CloudFormationState,
  stackId: string,
  operation: Promise<void>,
): Promise<void> {
  const work = operation.finally(() => {
    if (running.get(stackId) === work) running.delete(stackId);
  });
  running.set(stackId, work);
  return work;
}

/** Makes a stack known, or puts it in the place of the one before. */
export function storeStack(state: CloudFormationState, stack: Stack): void {
  state.stacks.set(stack.id, stack);
  state.revision += 1;
  state.parts.journal.put(TABLES.stacks, stack.id, stack);
  if (stack.deletedAt !== 0) dropOldestDeleted(state);
}

function dropOldestDeleted(state: CloudFormationState): void {
  const deleted = [...state.stacks.values()].filter(({ deletedAt }) => deletedAt !== 0);
  if (deleted.length <= MAX_DELETED) return;
  const [oldest] = deleted.sort((a, b) => a.deletedAt - b.deletedAt);
  if (oldest === undefined) return;
  state.stacks.delete(oldest.id);
  state.revision += 1;
  state.parts.journal.remove(TABLES.stacks, oldest.id);
  for (const { serial } of eventsOf(state, oldest.id)) {
    state.parts.journal.remove(TABLES.events, serial);
  }
  state.events.delete(oldest.id);
}

export function storeChangeSet(state: CloudFormationState, changeSet: ChangeSet): void {
  state.changeSets.set(changeSet.id, changeSet);
  state.parts.journal.put(TABLES.changeSets, changeSet.id, changeSet);
}

export function dropChangeSet(state: CloudFormationState, { id }: ChangeSet): void {
  state.changeSets.delete(id);
  state.parts.journal.remove(TABLES.changeSets, id);
}

/** Adds an event, and drops the stack's oldest where it has too many. */
export function appendEvent(
  state: CloudFormationState,
  event: Omit<StackEvent, 'serial' | 'timestamp' | 'token'>,
): void {
  const serial = state.nextSerial;
  state.nextSerial += 1;
  const { requestToken = '' } = state.stacks.get(event.stackId) ?? {};
  const token = requestToken.slice(requestToken.indexOf(':') + 1);
  const timestamp = state.parts.clock.timestamp();
  const stored: StackEvent = { ...event, serial, timestamp, token };
  const events = eventsOf(state, event.stackId);
  events.push(stored);
  state.parts.journal.append(TABLES.events, serial, stored);
  if (events.length <= MAX_EVENTS) return;
  const oldest = events.shift();
  if (oldest !== undefined) state.parts.journal.remove(TABLES.events, oldest.serial);
}

/** Whether a resource was made and is the stack's still. */
export function isThere({ physicalId, status }: StackResource): boolean {
  return physicalId !== '' && status !== 'DELETE_COMPLETE' && status !== 'DELETE_SKIPPED';
}

function eventsOf(state: CloudFormationState, stackId: string): StackEvent[] {
  let events = state.events.get(stackId);
  if (events === undefined) {
    events = [];
    state.events.set(stackId, events);
  }
  return events;
}
