import type { Failed, Handled } from '../../../../rules/message-trace.ts';
import type { LambdaState } from '../state.ts';
import type { InvokeOutcome } from './invoke.ts';
import { readError } from './report.ts';

/** A message that a function was called for. */
type Traced = Pick<Handled, 'messageId' | 'queueArn' | 'functionArn' | 'requestId'>;

/** Characters of a reason that are kept for each message. */
const MAX_REASON_LENGTH = 300;

/** Why a function did not handle a message. */
export type Failing = Pick<Failed, 'errorType' | 'reason'>;

/** What an outcome says of that; undefined where the function handled it. */
export function failingOf({
  ok,
  payload,
}: Pick<InvokeOutcome, 'ok' | 'payload'>): Failing | undefined {
  if (ok) return undefined;
  const { type, message } = readError(payload);
  // Without the request, which stands beside it: what is said again and again is kept once.
  const reason = message.replace(/^RequestId: \S* Error: /, '').slice(0, MAX_REASON_LENGTH);
  return { errorType: type, reason };
}

/** Tells the trace what a function did with a message. @param failing undefined where it handled it. */
export function traceOutcome(
  state: LambdaState,
  traced: Traced,
  failing: Failing | undefined,
): void {
  const common = { ...commonOf(state, traced), ...traced };
  if (failing === undefined) state.parts.trace.emit({ kind: 'handled', ...common });
  else state.parts.trace.emit({ kind: 'failed', ...common, ...failing });
}

function commonOf({ parts }: LambdaState, { queueArn, functionArn }: Traced) {
  const [, , , region = '', account = ''] = (queueArn ?? functionArn).split(':');
  return { time: parts.clock.now(), account, region };
}
