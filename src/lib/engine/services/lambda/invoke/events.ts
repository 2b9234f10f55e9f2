import { setImmediate as nextTurn } from 'node:timers/promises';
import { ServiceError } from '../../../errors.ts';
import { addressOf } from '../address.ts';
import type { EventInvokeConfig } from '../function.ts';
import { type FunctionTarget, routedVersion, targetAt } from '../lookup.ts';
import type { LambdaState } from '../state.ts';
import { tellDeadLetterQueue, tellDestination } from './destinations.ts';
import { EnvironmentsClosed } from './environments.ts';
import {
  DEFAULT_MAX_AGE_SECONDS,
  DEFAULT_RETRIES,
  type EventEnd,
  type EventListener,
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
  const taken: PendingEvent = {
    clientContext: '',
    ...event,
    acceptedAt: now,
    due: now,
    failures: 0,
    throttles: 0,
  };
  state.parts.journal.put(TABLE, taken.id, taken);
  schedule(state, taken);
}

/** Keeps what became of an event; a state that ended leaves it as it was, for the one that comes next. */
function keep(state: LambdaState, event: PendingEvent): void {
  if (state.closed.aborted) return;
  state.parts.journal.put(TABLE, event.id, event);
}

function drop(state: LambdaState, { id }: PendingEvent): void {
  state.parts.journal.remove(TABLE, id);
}

function schedule(state: LambdaState, event: PendingEvent): void {
  const { clock } = state.parts;
  const begin = async (): Promise<void> => {
    if (!state.closed.aborted) await attempt(state, event);
  };
  const track = (work: Promise<void>): void => {
    clock.track(work);
    // An engine that stops waits for what it tells the journal.
    state.host.track(work);
  };
  // Whoever hands it over is answered first.
  if (event.due <= clock.now()) track(nextTurn().then(begin));
  else clock.schedule(event.due, () => track(begin()));
}

function tryAgain(state: LambdaState, event: PendingEvent, delayMs: number): void {
  const later = { ...event, due: state.parts.clock.now() + delayMs };
  keep(state, later);
  schedule(state, later);
}

/** Never rejects. */
async function attempt(state: LambdaState, event: PendingEvent): Promise<void> {
  const target = targetOf(state, event);
  // "Lambda … deletes the event" of a function that is gone.
  if (target === undefined) return drop(state, event);
  if (event.end !== undefined) return tellAll(state, target, event, event.end);
  const config = configOf(target);
  const oldest = state.parts.clock.now() - (config?.maxAge ?? DEFAULT_MAX_AGE_SECONDS) * 1000;
  if (target.fn.reserved === 0) return end(state, target, event, 'ZeroReservedConcurrency');
  if (event.acceptedAt < oldest) return end(state, target, event, 'EventAgeExceeded');
  try {
    const outcome = await invokeFunction(state, {
      fn: target.fn,
      version: routedVersion(target),
      arn: target.arn,
      requestId: event.id,
      payload: event.payload,
      clientContext: event.clientContext === '' ? undefined : event.clientContext,
    });
    if (state.closed.aborted) return;
    if (event.messageId !== undefined) {
      const { id: requestId, messageId, functionArn } = event;
      traceOutcome(state, { messageId, functionArn, requestId }, failingOf(outcome));
    }
    await settle(state, target, event, outcome);
  } catch (error) {
    if (error instanceof EnvironmentsClosed) return;
    // Throttled, most of all: the event waits longer each time until it is too old.
    const throttles = event.throttles + 1;
    tryAgain(state, { ...event, throttles }, throttleDelay(event.throttles));
  }
}

async function settle(
  state: LambdaState,
  target: FunctionTarget,
  event: PendingEvent,
  outcome: InvokeOutcome,
): Promise<void> {
  if (outcome.ok) return end(state, target, event, 'Success', outcome);
  const failures = event.failures + 1;
  const delay = RETRY_DELAYS_MS[event.failures];
  if (failures <= (configOf(target)?.retries ?? DEFAULT_RETRIES) && delay !== undefined) {
    return tryAgain(state, { ...event, failures, throttles: 0 }, delay);
  }
  return end(state, target, { ...event, failures }, 'RetriesExhausted', outcome);
}

/** Ends an event: whoever wants to know is told, if need be by the engine that comes next. */
async function end(
  state: LambdaState,
  target: FunctionTarget,
  event: PendingEvent,
  condition: EventEnd['condition'],
  outcome?: InvokeOutcome,
): Promise<void> {
  const untold = listenersOf(target, condition);
  if (untold.length === 0) return drop(state, event);
  const endedAt = state.parts.clock.now();
  const ending: EventEnd = {
    condition,
    endedAt,
    untold,
    tries: 0,
    ...(outcome && {
      outcome: { ok: outcome.ok, payload: outcome.payload, version: outcome.version },
    }),
  };
  const ended: PendingEvent = { ...event, end: ending };
  keep(state, ended);
  await tellAll(state, target, ended, ending);
}

/** Tells those who have to be told; who can't be reached is told later, for as long as events are kept. */
async function tellAll(
  state: LambdaState,
  target: FunctionTarget,
  event: PendingEvent,
  ending: EventEnd,
): Promise<void> {
  const destination = destinationOf(target, ending.condition);
  const untold: EventListener[] = [];
  for (const listener of ending.untold) {
    const wasTold =
      listener === 'destination'
        ? await tellDestination(state, destination, target, event, ending)
        : await tellDeadLetterQueue(state, target, event, ending);
    if (!wasTold) untold.push(listener);
  }
  const isTooOld = ending.endedAt + DEFAULT_MAX_AGE_SECONDS * 1000 < state.parts.clock.now();
  if (untold.length === 0 || isTooOld) return drop(state, event);
  const tries = ending.tries + 1;
  tryAgain(state, { ...event, end: { ...ending, untold, tries } }, throttleDelay(ending.tries));
}

function listenersOf(target: FunctionTarget, condition: EventEnd['condition']): EventListener[] {
  const listeners: EventListener[] = [];
  if (destinationOf(target, condition) !== '') listeners.push('destination');
  if (condition !== 'Success' && target.version.deadLetterArn !== '') {
    listeners.push('deadLetterQueue');
  }
  return listeners;
}

/** Empty for none. */
function destinationOf(target: FunctionTarget, condition: EventEnd['condition']): string {
  const config = configOf(target);
  return (condition === 'Success' ? config?.onSuccess : config?.onFailure) ?? '';
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
