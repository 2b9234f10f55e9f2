import type { Failed, Handled } from '../../../../rules/message-trace.ts';
import type { LambdaState } from '../state.ts';
import type { InvokeOutcome } from './invoke.ts';
import { readError } from './report.ts';

/** A message that a function was called for. */
type Traced = Pick<Handled, 'messageId' | 'queueArn' | 'functionArn' | 'requestId'>;

/** Characters of a reason that are kept for each message. */
const MAX_REASON_LENGTH = 300;

/** Tells the trace what a function did with a message. */
export function traceOutcome(
  state: LambdaState,
  traced: Traced,
  { ok, payload }: Pick<InvokeOutcome, 'ok' | 'payload'>,
): void {
  if (ok) {
    state.parts.trace.emit({ kind: 'handled', ...commonOf(state, traced), ...traced });
    return;
  }
  const { type, message } = readError(payload);
  traceFailure(state, traced, type, message);
}

/** Tells the trace why a function did not handle a message. */
export function traceFailure(
  state: LambdaState,
  traced: Traced,
  errorType: Failed['errorType'],
  reason: string,
): void {
  state.parts.trace.emit({
    kind: 'failed',
    ...commonOf(state, traced),
    ...traced,
    errorType,
    // Without the request, which stands beside it: what is said again and again is kept once.
    reason: reason.replace(/^RequestId: \S* Error: /, '').slice(0, MAX_REASON_LENGTH),
  });
}

function commonOf({ parts }: LambdaState, { queueArn, functionArn }: Traced) {
  const [, , , region = '', account = ''] = (queueArn ?? functionArn).split(':');
  return { time: parts.clock.now(), account, region };
}
