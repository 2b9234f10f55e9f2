import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from '../aws/clients.ts';
import { getStack, type Stack, type StackEvent, stackEvents } from '../aws/stacks.ts';
import { AppError, EXIT } from '../rules/errors.ts';
import { plainReason } from '../rules/stack-reason.ts';
import { isUnderWay } from './stack-status.ts';

/** Milliseconds between looks at a stack. */
const POLL_MS = { local: 100, endpoint: 500, aws: 3_000 } as const;

const GOES_ON = 'Interrupted. CloudFormation goes on with the stack without this command.';

/** Who is told how it goes, and what ends the watching; CloudFormation goes on without us. */
export interface Watch {
  readonly stop: AbortSignal;
  /** Told of each event once, in their order. */
  readonly onEvent: (event: StackEvent) => void;
}

/** How an operation on a stack ended. */
export interface Ended {
  /** Undefined where the stack is gone. */
  readonly stack: Stack | undefined;
  /** All events of the operation. */
  readonly events: readonly StackEvent[];
}

/**
 * Follows what is done to a stack until it is over.
 * @param after id of the last event that is known.
 * @param begun the call that begins the operation: until it has answered, a quiet stack is none that is done.
 * @throws AppError `Interrupted` (exit 130), or what the call was refused with.
 */
export async function followStack(
  aws: Aws,
  stackId: string,
  { stop, onEvent }: Watch,
  { after, begun = Promise.resolve() }: { after?: string | undefined; begun?: Promise<void> } = {},
): Promise<Ended> {
  const events: StackEvent[] = [];
  let hasBegun = false;
  // What it was refused with is thrown below.
  const beginning = begun.then(
    () => undefined,
    (error: unknown) => error ?? new Error('refused'),
  );
  void beginning.then(() => {
    hasBegun = true;
  });
  for (;;) {
    if (stop.aborted) throw interrupted(GOES_ON);
    const isOver = hasBegun;
    const stack = isOver ? await getStack(aws, stackId) : undefined;
    const found = await stackEvents(aws, stackId, events.at(-1)?.EventId ?? after);
    for (const event of found) onEvent(event);
    events.push(...found);
    if (isOver) {
      const refusal = await beginning;
      if (refusal !== undefined) throw refusal;
      if (!isUnderWay(stack?.StackStatus ?? '')) return { stack, events };
    }
    await sleep(POLL_MS[aws.kind], undefined, { signal: stop }).catch(() => undefined);
  }
}

/** What is thrown where a run is interrupted. @param message what it left. */
export function interrupted(message: string): AppError {
  return new AppError({ code: 'Interrupted', message, exitCode: EXIT.interrupted });
}

/** The id of the last event of a stack so far. */
export async function lastEvent(aws: Aws, stackId: string): Promise<string | undefined> {
  return (await stackEvents(aws, stackId)).at(-1)?.EventId;
}

/** What failed first among events, which is why the rest failed too; undefined where nothing did. */
export function firstFailure(events: readonly StackEvent[]): StackEvent | undefined {
  const failed = events.filter(({ ResourceStatus = '' }) => ResourceStatus.endsWith('_FAILED'));
  return (
    failed.find(({ StackId, PhysicalResourceId }) => PhysicalResourceId !== StackId) ?? failed[0]
  );
}

/** What failed and why, such as `OrdersTable (AWS::DynamoDB::Table) failed: Table already exists: orders.` */
export function failureWords(failure: StackEvent | undefined): string {
  if (failure === undefined) return 'The deployment failed, and CloudFormation says no reason.';
  const { LogicalResourceId, ResourceType, ResourceStatusReason = 'no reason given' } = failure;
  const reason = plainReason(ResourceStatusReason).replace(/\.?$/, '.');
  return `${LogicalResourceId} (${ResourceType}) failed: ${reason}`;
}
