import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceCaller } from '../../../ports.ts';
import {
  type CloudFormationState,
  type Operation,
  type Stack,
  storeStack,
  track,
} from '../state.ts';
import { type Compiled, compile } from '../template/compile.ts';
import { createStack } from './create.ts';
import { deleteStack } from './delete.ts';
import { createRun, Interrupted, type StackRun } from './stack-run.ts';
import { updateStack } from './update.ts';

/**
 * How long the answer to a call waits for what it began, in milliseconds. Clients ask again after 5 to 30 seconds, and
 * most operations take less than one.
 */
const ANSWER_WAIT_MS = 20_000;

const BEGUN: Readonly<Record<Operation['kind'], string>> = {
  create: 'CREATE_IN_PROGRESS',
  update: 'UPDATE_IN_PROGRESS',
  delete: 'DELETE_IN_PROGRESS',
};

/** What begins an operation. */
export interface Begin {
  readonly stack: Stack;
  readonly operation: Omit<Operation, 'caller' | 'phase' | 'done' | 'replaced' | 'failure'>;
  /** See `Stack`. */
  readonly requestToken: string;
  /** Kept with the stack, but for its session's policy. */
  readonly caller: ServiceCaller;
  /** Absent for a deletion. */
  readonly compiled?: Compiled;
}

/** Begins an operation on a stack, and waits until it is over or has taken long. */
export async function begin(
  state: CloudFormationState,
  { stack, operation, requestToken, caller, compiled }: Begin,
): Promise<void> {
  const { sessionPolicy, ...kept } = caller;
  storeStack(state, {
    ...stack,
    requestToken,
    operation: {
      ...operation,
      caller: kept,
      phase: 'forward',
      done: [],
      replaced: [],
      failure: '',
    },
  });
  const run = createRun(state, stack.id, false, sessionPolicy);
  run.status(BEGUN[operation.kind], 'User Initiated');
  const work = track(state, stack.id, operate(run, compiled));
  await Promise.race([work, sleep(ANSWER_WAIT_MS, undefined, { ref: false })]);
}

/**
 * Lets the rollback of an update go on, and waits as `begin` does.
 * @param failed what there is to do. @param skipped logical ids of what is left as it is.
 */
export async function continueRollback(
  state: CloudFormationState,
  stack: Stack,
  failed: Operation,
  skipped: readonly string[],
): Promise<void> {
  const operation = { ...failed, retained: skipped };
  storeStack(state, { ...stack, failedUpdate: null, operation });
  createRun(state, stack.id, true, undefined).status(
    'UPDATE_ROLLBACK_IN_PROGRESS',
    'User Initiated',
  );
  const work = track(state, stack.id, resumeOperation(state, state.stacks.get(stack.id) ?? stack));
  await Promise.race([work, sleep(ANSWER_WAIT_MS, undefined, { ref: false })]);
}

/** Goes on with what was under way when the engine ended. @param stack with an operation. */
export async function resumeOperation(state: CloudFormationState, stack: Stack): Promise<void> {
  const { operation, id } = stack;
  if (operation === null || state.closed.aborted) return;
  const { input, kind } = operation;
  // A template that this version of the engine refuses ends as an operation without one does: with a status that says so.
  const compiled =
    kind === 'delete'
      ? undefined
      : await compile(input.template, input.parameters, stack, input.notificationArns).catch(
          () => undefined,
        );
  await operate(createRun(state, id, true, undefined), compiled);
}

/** Never fails: what goes wrong is a part of the stack's status. */
async function operate(run: StackRun, compiled: Compiled | undefined): Promise<void> {
  const { kind } = run.operation;
  try {
    await run.readSecrets();
    if (kind === 'delete') await deleteStack(run);
    else if (compiled === undefined) throw new Error('its template can no longer be read');
    else if (kind === 'create') await createStack(run, compiled);
    else await updateStack(run, compiled);
  } catch (error) {
    if (error instanceof Interrupted || run.state.closed.aborted) return;
    const reason = `Internal Failure: ${error instanceof Error ? error.message : String(error)}`;
    run.end(`${kind.toUpperCase()}_FAILED`, reason);
  }
}

/** Waits for what is being done to a stack. */
export async function whenIdle(state: CloudFormationState, stackId: string): Promise<void> {
  await state.running.get(stackId);
}
