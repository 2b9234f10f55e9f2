import { ServiceError } from '../../../errors.ts';
import type { EventInvokeConfig } from '../function.ts';
import { addressOf, type FunctionTarget, routedVersion, targetAt } from '../lookup.ts';
import type { LambdaState } from '../state.ts';
import { tellDeadLetterQueue, tellDestination } from './destinations.ts';
import { EnvironmentsClosed } from './environments.ts';
import {
  DEFAULT_MAX_AGE_SECONDS,
  DEFAULT_RETRIES,
  type GivenUp,
  type PendingEvent,
  RETRY_DELAYS_MS,
  throttleDelay,
} from './event.ts';
import { type InvokeOutcome, invokeFunction } from './invoke.ts';
import { failingOf, traceOutcome } from './trace.ts';

const TABLE = 'lambda.events';

/** Events that earlier engines accepted and did not end. */
export function restoreEvents(state: LambdaState): void {
  for (const { value } of state.parts.journal.entries(TABLE)) {
    const event = value as PendingEvent;
    state.host.whenListening(() => schedule(state, event));
  }
}

/** Takes an event for a function, which is called when it is its turn. */
export function acceptEvent(
  state: LambdaState,
  event: Pick<PendingEvent, 'id' | 'functionArn' | 'payload' | 'messageId'> & {
    readonly clientContext?: string;
  },
): void {
  const now = state.parts.clock.now();
  keep(state, {
    clientContext: '',
    ...event,
    acceptedAt: now,
    due: now,
    failures: 0,
    throttles: 0,
  });
}

function keep(state: LambdaState, event: PendingEvent): void {
  state.parts.journal.put(TABLE, event.id, event);
  schedule(state, event);
}

function drop(state: LambdaState, { id }: PendingEvent): void {
  state.parts.journal.remove(TABLE, id);
}

function schedule(state: LambdaState, event: PendingEvent): void {
  const { clock } = state.parts;
  const begin = () => {
    if (!state.closed.signal.aborted) clock.track(attempt(state, event));
  };
  if (event.due <= clock.now()) setImmediate(begin);
  else clock.schedule(event.due, begin);
}

/** Never rejects. */
async function attempt(state: LambdaState, event: PendingEvent): Promise<void> {
  const target = targetOf(state, event);
  // "Lambda … deletes the event" of a function that is gone.
  if (target === undefined) return drop(state, event);
  const config = configOf(target);
  const { clock } = state.parts;
  const oldest = clock.now() - (config?.maxAge ?? DEFAULT_MAX_AGE_SECONDS) * 1000;
  try {
    if (event.acceptedAt < oldest) {
      await giveUp(state, event, target, config, 'EventAgeExceeded', undefined);
      return;
    }
    const outcome = await invokeFunction(state, {
      fn: target.fn,
      version: routedVersion(target),
      arn: target.arn,
      requestId: event.id,
      payload: event.payload,
      clientContext: event.clientContext === '' ? undefined : event.clientContext,
    });
    if (state.closed.signal.aborted) return;
    if (event.messageId !== undefined) {
      const { id: requestId, messageId, functionArn } = event;
      traceOutcome(state, { messageId, functionArn, requestId }, failingOf(outcome));
    }
    await settle(state, event, target, config, outcome);
  } catch (error) {
    if (error instanceof EnvironmentsClosed) return;
    // Throttled, most of all: the event waits longer each time until it is too old.
    const throttles = event.throttles + 1;
    keep(state, { ...event, throttles, due: clock.now() + throttleDelay(event.throttles) });
  }
}

async function settle(
  state: LambdaState,
  event: PendingEvent,
  target: FunctionTarget,
  config: EventInvokeConfig | undefined,
  outcome: InvokeOutcome,
): Promise<void> {
  if (outcome.ok) {
    await tellDestination(state, config?.onSuccess, {
      event,
      target,
      condition: 'Success',
      outcome,
    });
    drop(state, event);
    return;
  }
  const failures = event.failures + 1;
  const delay = RETRY_DELAYS_MS[event.failures];
  if (failures <= (config?.retries ?? DEFAULT_RETRIES) && delay !== undefined) {
    keep(state, { ...event, failures, throttles: 0, due: state.parts.clock.now() + delay });
    return;
  }
  await giveUp(state, { ...event, failures }, target, config, 'RetriesExhausted', outcome);
}

async function giveUp(
  state: LambdaState,
  event: PendingEvent,
  target: FunctionTarget,
  config: EventInvokeConfig | undefined,
  condition: GivenUp,
  outcome: InvokeOutcome | undefined,
): Promise<void> {
  const told = { event, target, condition, outcome };
  await tellDestination(state, config?.onFailure, told);
  await tellDeadLetterQueue(state, told);
  drop(state, event);
}

function targetOf(state: LambdaState, { functionArn }: PendingEvent): FunctionTarget | undefined {
  try {
    return targetAt(state, addressOf({ account: '', region: '' }, functionArn));
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}

function configOf({ fn, arn }: FunctionTarget): EventInvokeConfig | undefined {
  const qualifier = arn === fn.arn ? '$LATEST' : arn.slice(fn.arn.length + 1);
  return fn.eventConfigs.find((each) => each.qualifier === qualifier);
}
