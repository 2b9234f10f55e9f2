import { randomUUID } from 'node:crypto';
import type { ServiceCaller } from '../../../ports.ts';
import type { Properties } from '../resources/check-properties.ts';
import type { ResourceContext } from '../resources/resource-type.ts';
import {
  appendEvent,
  type CloudFormationState,
  isThere,
  type Operation,
  type Stack,
  type StackResource,
  storeStack,
} from '../state.ts';
import type { Compiled } from '../template/compile.ts';
import { type Hide, hidingOfInputs } from './hidden-values.ts';
import { generatedName, newSuffix } from './physical-name.ts';

/** What an operation works with: the stack as it is at each moment, and the ways to change it. */
export interface StackRun {
  readonly state: CloudFormationState;
  /** Whether the engine ended while the operation was under way. */
  readonly resumed: boolean;
  readonly stack: Stack;
  readonly operation: Operation;
  /** Reads which values no event may show. Until then an event shows all: called before anything is done. */
  readSecrets(): Promise<void>;
  /** Changes the stack. */
  change(change: Partial<Stack>): void;
  changeOperation(change: Partial<Operation>): void;
  /** Gives the stack a status, and writes an event. */
  status(status: string, reason?: string): void;
  /** Ends the operation with a status of the stack. */
  end(status: string, reason?: string): void;
  /** Puts a resource into the stack, without an event. */
  store(resource: StackResource): void;
  /** Puts a resource into the stack, with an event of its status. */
  put(resource: StackResource): void;
  /** Takes a resource out of the stack. */
  drop(logicalId: string): void;
  /** Writes an event of a resource that is in the stack no longer. */
  tell(resource: StackResource, status: string, reason?: string): void;
  /** What a resource type gets. */
  context(
    resource: Pick<StackResource, 'logicalId' | 'suffix'>,
    made?: ResourceContext['made'],
  ): ResourceContext;
  /** Waits for the journal. @throws Interrupted where the engine ends. */
  checkpoint(): Promise<void>;
}

/** The engine ends, or begins anew: what was under way goes on at the next start, or never. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}

/** Ends an operation that fails because the engine ends. @throws Interrupted */
export function throwIfInterrupted({ state }: StackRun, error: unknown): void {
  if (error instanceof Interrupted || state.closed.aborted) throw new Interrupted();
}

/** @param stackId of a stack with an operation. */
export function createRun(
  state: CloudFormationState,
  stackId: string,
  resumed: boolean,
  sessionPolicy: ServiceCaller['sessionPolicy'],
): StackRun {
  const current = (): Stack => {
    const stack = state.stacks.get(stackId);
    if (stack === undefined) throw new Interrupted();
    return stack;
  };
  const operation = (): Operation => {
    const { operation } = current();
    if (operation === null) throw new Error(`nothing is being done to ${stackId}`);
    return operation;
  };
  let hide: Hide = (text) => text;
  const change = (changes: Partial<Stack>) => storeStack(state, { ...current(), ...changes });
  const status = (status: string, reason = '') => {
    const { name } = current();
    change({ status, reason });
    appendEvent(state, {
      id: randomUUID(),
      stackId,
      logicalId: name,
      physicalId: stackId,
      type: 'AWS::CloudFormation::Stack',
      status,
      reason,
      properties: '',
    });
  };
  const store = (resource: StackResource) =>
    change({ resources: { ...current().resources, [resource.logicalId]: resource } });
  const tell = (resource: StackResource, status: string, reason = '') => {
    const { logicalId, type } = resource;
    appendEvent(state, {
      id: `${logicalId}-${status}-${randomUUID()}`,
      stackId,
      logicalId,
      physicalId: resource.physicalId,
      type,
      status,
      reason,
      properties: JSON.stringify(resource.properties, (_, each: unknown) =>
        typeof each === 'string' ? hide(each) : each,
      ),
    });
  };
  return {
    state,
    resumed,
    get stack() {
      return current();
    },
    get operation() {
      return operation();
    },
    async readSecrets() {
      const { input, before } = operation();
      hide = await hidingOfInputs([current().input, input, ...(before ? [before.input] : [])]);
    },
    change,
    changeOperation: (changes) => change({ operation: { ...operation(), ...changes } }),
    status,
    end(last, reason) {
      status(last, reason);
      change({ operation: null });
    },
    store,
    put(resource) {
      store({ ...resource, updatedAt: state.parts.clock.timestamp() });
      tell(resource, resource.status, resource.reason);
    },
    drop(logicalId) {
      const { [logicalId]: _, ...resources } = current().resources;
      change({ resources });
    },
    tell,
    context({ logicalId, suffix }, made = () => undefined) {
      const { name, account, region, input: own } = current();
      const { caller, kind, phase, input, before } = operation();
      const then = before?.input.tags ?? {};
      const now = kind === 'delete' ? own.tags : input.tags;
      const isBack = phase === 'rollback';
      return {
        account,
        region,
        logicalId,
        resumed,
        tags: isBack && kind === 'update' ? then : now,
        tagsBefore: isBack ? now : then,
        generatedName: (most) => generatedName(name, logicalId, suffix, most),
        isTaken: (type, physicalId) => isTaken(state, stackId, type, physicalId),
        made,
        closed: state.closed.signal,
        schedules: state.schedules,
        releaseQueueName: (queueArn) => state.services.releaseQueueName(queueArn),
        call: async <Output>(...[service, action, input]: Parameters<ResourceContext['call']>) =>
          (await state.services.call(
            { ...caller, sessionPolicy },
            service,
            action,
            input,
          )) as Output,
      };
    },
    async checkpoint() {
      if (state.parts.journal.pending) await state.parts.journal.committed();
      if (state.closed.aborted) throw new Interrupted();
    },
  };
}

function isTaken(state: CloudFormationState, stackId: string, type: string, physicalId: string) {
  const own = state.stacks.get(stackId);
  return [...state.stacks.values()].some(
    ({ id, account, resources }) =>
      id !== stackId &&
      account === own?.account &&
      Object.values(resources).some(
        (each) => each.type === type && each.physicalId === physicalId && isThere(each),
      ),
  );
}

/** A resource that is about to be made. */
export function newResource(
  compiled: Compiled,
  logicalId: string,
  properties: Properties,
): StackResource {
  const declared = compiled.template.resources[logicalId];
  return {
    logicalId,
    type: declared?.type ?? '',
    physicalId: '',
    attributes: {},
    status: 'CREATE_IN_PROGRESS',
    reason: '',
    updatedAt: 0,
    properties,
    suffix: newSuffix(),
    dependsOn: compiled.dependencies(logicalId),
    deletionPolicy: declared?.deletionPolicy ?? 'Delete',
    updateReplacePolicy: declared?.updateReplacePolicy ?? 'Delete',
  };
}
