import { randomBytes } from 'node:crypto';
import { newTraceRoot } from '../../../trace-root.ts';
import { folderMark } from '../code/folder.ts';
import { throttled } from '../errors.ts';
import type { FunctionVersion, LambdaFunction } from '../function.ts';
import { timeoutWords } from '../runtime/environment.ts';
import { failure, type InvocationResult } from '../runtime/invocation.ts';
import type { LambdaState } from '../state.ts';
import { EnvironmentsClosed, type EnvironmentWish, type Warm } from './environments.ts';
import { beginLog, endLog, initReport, isTimeout, withRequestId } from './report.ts';
import { StartRefused, startFor } from './start.ts';

/** An event for a function. */
export interface InvokeRequest {
  readonly fn: LambdaFunction;
  readonly version: FunctionVersion;
  /** As the caller named it. */
  readonly arn: string;
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  readonly clientContext?: string | undefined;
  readonly traceId?: string | undefined;
  /** A moment of the engine's time after which it must not begin any more. */
  readonly startBefore?: number;
}

/** An invocation found no environment before it was too late for it. */
export class InvocationExpired extends Error {
  override name = 'InvocationExpired';
}

/** How it ended. */
export interface InvokeOutcome {
  readonly ok: boolean;
  /** JSON: the answer, or an error with `errorType` and `errorMessage`. */
  readonly payload: string;
  readonly version: string;
  /** The end of the log, as base64. */
  readonly log: string;
}

/**
 * Runs an event in an execution environment, and writes the log as Lambda does.
 *
 * @throws ServiceError `TooManyRequestsException` where the function's reserved concurrency is used up
 * @throws InvocationExpired; EnvironmentsClosed when the engine ends
 */
export async function invokeFunction(
  state: LambdaState,
  request: InvokeRequest,
): Promise<InvokeOutcome> {
  const leave = enter(state, request.fn);
  const began = performance.now();
  try {
    const ended = await run(state, request);
    const seconds = (performance.now() - began) / 1000;
    state.tallies.add(request.fn.arn, { invocations: 1, errors: ended.ok ? 0 : 1, seconds });
    measure(state, request.fn.arn, ended.ok, seconds);
    return ended;
  } finally {
    leave();
  }
}

/** The metrics of AWS/Lambda for one invocation. */
function measure(
  { parts: { meter } }: LambdaState,
  arn: string,
  ok: boolean,
  seconds: number,
): void {
  meter.add(arn, 'Invocations');
  meter.add(arn, 'Errors', ok ? 0 : 1);
  meter.add(arn, 'Duration', seconds * 1000);
}

/** Takes one of the function's concurrent invocations. @returns what gives it back */
function enter(
  { functions, running, tallies, parts: { meter } }: LambdaState,
  { arn, reserved }: LambdaFunction,
): () => void {
  const limit = functions.get(arn)?.reserved ?? reserved;
  const count = running.get(arn) ?? 0;
  if (limit !== null && count >= limit) {
    tallies.add(arn, { throttles: 1 });
    meter.add(arn, 'Throttles');
    throw throttled();
  }
  running.set(arn, count + 1);
  meter.add(arn, 'ConcurrentExecutions', count + 1);
  return () => {
    const left = (running.get(arn) ?? 1) - 1;
    if (left === 0) running.delete(arn);
    else running.set(arn, left);
  };
}

async function run(state: LambdaState, request: InvokeRequest): Promise<InvokeOutcome> {
  const { fn, version } = request;
  for (;;) {
    let warm: Warm;
    try {
      warm = await state.environments.acquire(wishFor(state, fn, version));
    } catch (error) {
      if (!(error instanceof StartRefused)) throw error;
      const { log, result } = error;
      const told = withRequestId(result, request.requestId);
      beginLog(log, request);
      endLog(log, request, { result: told, durationMs: 0 });
      return outcome(request, told, log.tail());
    }
    try {
      const done = await runIn(state, warm, request);
      if (done !== undefined) return done;
    } finally {
      state.environments.release(warm);
    }
  }
}

/** @returns undefined where the environment ended before it took the event: another one can take it. */
async function runIn(
  state: LambdaState,
  warm: Warm,
  request: InvokeRequest,
): Promise<InvokeOutcome | undefined> {
  const { log } = warm;
  const isCold = !warm.used;
  warm.used = true;
  if (isCold) state.tallies.add(request.fn.arn, { coldStarts: 1 });
  else log.beginTail();
  const refused = await warm.environment.started;
  if (state.parts.clock.now() >= (request.startBefore ?? Number.POSITIVE_INFINITY)) {
    throw new InvocationExpired();
  }
  const isSlow = refused !== undefined && isTimeout(refused);
  const { initMs = 0, alive } = warm.environment;
  if (!alive && refused === undefined) return undefined;
  if (isSlow) log.line(initReport(initMs));
  beginLog(log, request);
  const began = performance.now();
  const result = isSlow
    ? await startAndInvoke(state, warm, request)
    : (refused ??
      (await warm.environment.invoke(invocationOf(request), timeoutOf(request.version))));
  if (result === undefined) {
    log.line(`END RequestId: ${request.requestId}`);
    return undefined;
  }
  const told = withRequestId(result, request.requestId);
  endLog(log, request, {
    result: told,
    durationMs: performance.now() - began,
    initMs: isCold && !isSlow ? initMs : undefined,
    memoryMb: warm.environment.memoryMb(),
  });
  return outcome(request, told, log.tail());
}

/**
 * Starts an environment again whose start took too long, as part of its first invocation and within the function's time:
 * "If the Init phase is unsuccessful, Lambda retries the Init phase at the time of the first function invocation with
 * the configured function timeout."
 */
async function startAndInvoke(
  state: LambdaState,
  warm: Warm,
  request: InvokeRequest,
): Promise<InvocationResult | undefined> {
  const timeoutMs = timeoutOf(request.version);
  const invocation = invocationOf(request);
  const began = performance.now();
  await warm.environment.stop();
  if (state.closed.aborted) throw new EnvironmentsClosed();
  warm.environment = await warm.restart(timeoutMs);
  // The engine ended meanwhile, and with it what was there before.
  if (state.closed.aborted) throw new EnvironmentsClosed();
  const refused = await warm.environment.started;
  if (refused === undefined) {
    return warm.environment.invoke(invocation, timeoutMs, performance.now() - began);
  }
  return isTimeout(refused) ? failure('Sandbox.Timedout', timeoutWords(timeoutMs), false) : refused;
}

function wishFor(
  state: LambdaState,
  fn: LambdaFunction,
  version: FunctionVersion,
): EnvironmentWish {
  const { code, revisionId, timeout } = version;
  return {
    key: `${fn.arn}:${version.version}`,
    revision: code.kind === 'folder' ? revisionId + folderMark(code.path) : revisionId,
    keysNeededUntil: state.parts.clock.now() + timeout * 1000,
    start: () => startFor(state, fn, version),
  };
}

function timeoutOf({ timeout }: FunctionVersion): number {
  return timeout * 1000;
}

function invocationOf(request: InvokeRequest) {
  const { requestId, payload, arn, clientContext, version } = request;
  return {
    requestId,
    payload,
    deadline: Date.now() + timeoutOf(version),
    functionArn: arn,
    clientContext,
    traceId: request.traceId ?? newTraceId(),
  };
}

/** "Tracing header" (AWS X-Ray): nothing is sampled. */
function newTraceId(): string {
  return `${newTraceRoot(Date.now())};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}

function outcome(
  { version }: InvokeRequest,
  { ok, payload }: InvocationResult,
  log: string,
): InvokeOutcome {
  return { ok, payload, version: version.version, log };
}
