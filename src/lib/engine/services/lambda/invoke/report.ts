import type { FunctionVersion } from '../function.ts';
import { failure, type InvocationResult } from '../runtime/invocation.ts';
import type { LogStreamWriter } from './log-stream.ts';

/** What a log says of an invocation. */
interface Logged {
  readonly requestId: string;
  readonly version: FunctionVersion;
}

/** What an invocation took. */
interface Cost {
  readonly result: InvocationResult;
  readonly durationMs: number;
  /** Of the first invocation of an environment. */
  readonly initMs?: number | undefined;
  /** Undefined where the machine doesn't tell. */
  readonly memoryMb?: number | undefined;
}

/** The line about a start that took too long, which is done again. */
export function initReport(initMs: number): string {
  return `INIT_REPORT Init Duration: ${initMs.toFixed(2)} ms\tPhase: init\tStatus: timeout`;
}

/** Whether time was over. */
export function isTimeout({ payload }: InvocationResult): boolean {
  return readError(payload).type === 'Sandbox.Timedout';
}

/** Errors that Lambda itself tells name the request; those of the function's code are left as they are. */
export function withRequestId(result: InvocationResult, requestId: string): InvocationResult {
  if (result.ok) return result;
  const { type, message } = readError(result.payload);
  const isTold = message.startsWith('RequestId: ');
  if (isTold || !OF_THE_SERVICE.has(type)) return result;
  const { alive } = result;
  return failure(type, `RequestId: ${requestId} Error: ${message}`, alive);
}

/** Writes the line that an invocation begins with. */
export function beginLog(log: LogStreamWriter, { requestId, version }: Logged): void {
  log.line(`START RequestId: ${requestId} Version: ${version.version}`);
}

/**
 * Writes what an invocation ends with ("Understanding the Lambda log format"): why it was ended, `END`, `REPORT`.
 * Memory over the function's is told and nothing else: no process is held to it here.
 */
export function endLog(log: LogStreamWriter, { requestId, version }: Logged, cost: Cost): void {
  const { result, durationMs, initMs, memoryMb } = cost;
  const error = result.ok ? undefined : readError(result.payload);
  const timedOut = error?.type === 'Sandbox.Timedout';
  if (error !== undefined && OF_THE_SERVICE.has(error.type)) {
    const said = error.message.replace(`RequestId: ${requestId} Error: `, '');
    log.line(
      timedOut
        ? `${new Date().toISOString()} ${requestId} ${said}`
        : `RequestId: ${requestId} Error: ${said}\n${error.type}`,
    );
  }
  log.line(`END RequestId: ${requestId}`);
  log.line(
    [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(durationMs + (initMs ?? 0))} ms`,
      `Memory Size: ${version.memory} MB`,
      `Max Memory Used: ${memoryMb ?? 0} MB`,
      ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
      ...(error === undefined || isHandled(result) ? [] : statusOf(error.type, timedOut)),
    ].join('\t'),
  );
  if (memoryMb !== undefined && memoryMb > version.memory) {
    log.line(
      `The function used ${memoryMb} MB of its ${version.memory} MB: on AWS its process would have been ended (Runtime.OutOfMemory). The local engine sets no limit.`,
    );
  }
  log.flush();
}

function statusOf(type: string, timedOut: boolean): string[] {
  return timedOut ? ['Status: timeout'] : ['Status: error', `Error Type: ${type}`];
}

/** Whether the handler itself failed, and its environment goes on. */
function isHandled(result: InvocationResult): boolean {
  return !result.ok && result.alive;
}

/** Errors of the process are told by the service; those of the code, by the runtime that met them. */
const OF_THE_SERVICE: ReadonlySet<string> = new Set([
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'Runtime.InvalidEntrypoint',
]);

/** What a failed invocation's answer says. @param payload JSON, or what a program of its own answered instead */
export function readError(payload: string): { readonly type: string; readonly message: string } {
  try {
    const { errorType, errorMessage } = JSON.parse(payload) as Record<string, unknown>;
    return { type: String(errorType ?? 'Unknown'), message: String(errorMessage ?? '') };
  } catch {
    return { type: 'Unknown', message: payload };
  }
}
