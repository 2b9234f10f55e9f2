import { RestAnswer } from '../../../protocol/rest-json.ts';
import { targetFor } from '../authorize.ts';
import type { LambdaContext } from '../context.ts';
import { constraint, invalidContent, requestTooLarge } from '../errors.ts';
import { acceptEvent } from '../invoke/events.ts';
import { MAX_PAYLOAD_BYTES } from '../invoke/for-service.ts';
import { invokeFunction } from '../invoke/invoke.ts';
import { routedVersion } from '../lookup.ts';

/** What `Invoke` takes: the payload as text, as it came. */
export interface InvokeInput {
  readonly FunctionName?: string;
  readonly Qualifier?: string;
  readonly InvocationType?: string;
  readonly LogType?: string;
  /** Base64. */
  readonly ClientContext?: string;
  readonly Payload?: string;
}

/** "Invocation payload: 1 MB for asynchronous" (Lambda quotas). */
const MAX_EVENT_BYTES = 1_048_576;
const MAX_CLIENT_CONTEXT_BYTES = 3583;

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export async function invoke(input: InvokeInput, ctx: LambdaContext): Promise<RestAnswer> {
  const { InvocationType: type = 'RequestResponse', LogType: logType = 'None' } = input;
  oneOf('invocationType', type, ['Event', 'RequestResponse', 'DryRun']);
  oneOf('logType', logType, ['None', 'Tail']);
  const target = targetFor(ctx, 'InvokeFunction', input.FunctionName, input.Qualifier);
  const payload = checkPayload(
    input.Payload,
    type === 'Event' ? MAX_EVENT_BYTES : MAX_PAYLOAD_BYTES,
  );
  checkClientContext(input.ClientContext);
  if (type === 'DryRun') return new RestAnswer(204, {}, '');
  if (type === 'Event') {
    const { ClientContext: clientContext = '' } = input;
    acceptEvent(ctx.state, { id: ctx.requestId, functionArn: target.arn, payload, clientContext });
    return new RestAnswer(202, {}, '');
  }
  const version = routedVersion(target);
  const work = invokeFunction(ctx.state, {
    fn: target.fn,
    version,
    arn: target.arn,
    requestId: ctx.requestId,
    payload,
    clientContext: input.ClientContext,
    traceId: ctx.traceHeader,
  });
  ctx.clock.track(work);
  const { ok, payload: answer, log } = await work;
  const headers = {
    'X-Amz-Executed-Version': version.version,
    ...(ok ? {} : { 'X-Amz-Function-Error': 'Unhandled' }),
    ...(logType === 'Tail' ? { 'X-Amz-Log-Result': log } : {}),
  };
  return new RestAnswer(200, headers, answer);
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_InvokeAsync.html */
export function invokeAsync(
  input: { readonly FunctionName?: string; readonly InvokeArgs?: string },
  ctx: LambdaContext,
): { readonly Status: number } {
  const target = targetFor(ctx, 'InvokeFunction', input.FunctionName);
  const payload = checkPayload(input.InvokeArgs, MAX_EVENT_BYTES);
  acceptEvent(ctx.state, { id: ctx.requestId, functionArn: target.arn, payload });
  return { Status: 202 };
}

function oneOf(member: string, value: string, values: readonly string[]): void {
  if (!values.includes(value)) {
    throw constraint(member, value, `satisfy enum value set: [${values.join(', ')}]`);
  }
}

/** "Up to 3,583 bytes of base64-encoded data": the runtime gets it in a header, and reads JSON. */
function checkClientContext(context: string | undefined): void {
  if (context === undefined) return;
  if (context.length > MAX_CLIENT_CONTEXT_BYTES) {
    throw invalidContent(`Client context must be at most ${MAX_CLIENT_CONTEXT_BYTES} bytes.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(context, 'base64').toString());
  } catch {
    // Told below.
  }
  if (typeof value === 'object' && value !== null) return;
  throw invalidContent('Client context must be a valid Base64-encoded JSON object.');
}

/** The event as it is handed on: without one, an empty object. */
function checkPayload(payload = '', most: number): string {
  const bytes = Buffer.byteLength(payload);
  if (bytes > most) {
    throw requestTooLarge(
      most === MAX_EVENT_BYTES
        ? `${bytes} byte payload is too large for the Event invocation type (limit ${most} bytes)`
        : `Request must be smaller than ${most} bytes for the InvokeFunction operation`,
    );
  }
  if (payload === '') return '{}';
  try {
    JSON.parse(payload);
  } catch (error) {
    throw invalidContent(`Could not parse request body into json: ${(error as Error).message}`);
  }
  return payload;
}
