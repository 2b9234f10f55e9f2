import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../../errors.ts';
import type { ServiceInvocation, ServiceInvocationResult } from '../../../ports.ts';
import { addressOf, type FunctionAddress } from '../address.ts';
import { decide } from '../authorize.ts';
import { type FunctionTarget, routedVersion, targetAt } from '../lookup.ts';
import type { LambdaState } from '../state.ts';
import { EnvironmentsClosed } from './environments.ts';
import { invokeFunction } from './invoke.ts';

/** "Invocation payload (request and response): 6 MB each for synchronous" (Lambda quotas), in bytes. */
export const MAX_PAYLOAD_BYTES = 6_291_456;

/** A service that asks for an invocation. */
type Asking = Pick<ServiceInvocation, 'service' | 'sourceArn'>;

/** Why a service can't invoke a function: what Lambda answers it with, and the reason. */
export interface Refusal {
  readonly errorCode: string;
  readonly reason: string;
}

/** What a service may invoke at an ARN, or why it may not: the function's policy has to allow it. */
export function targetForService(
  state: LambdaState,
  functionArn: string,
  { service, sourceArn }: Asking,
  isTrusted = false,
): FunctionTarget | Refusal {
  let address: FunctionAddress;
  let target: FunctionTarget;
  try {
    address = addressOf({ account: '', region: '' }, functionArn);
    target = targetAt(state, address);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { errorCode: error.code, reason: error.message };
  }
  if (isTrusted || state.parts.options.policies === 'warn') return target;
  const decision = decide(
    target.fn,
    address.qualifier,
    {
      principal: { type: 'Service', arn: service, account: '' },
      action: 'InvokeFunction',
      context: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': sourceArn.split(':')[4] ?? '' },
    },
    state.parts.clock.timestamp(),
  );
  if (decision === 'allow') return target;
  const reason = `no statement in the policy of ${functionArn} allows ${service} to invoke it for ${sourceArn}`;
  return { errorCode: 'AccessDeniedException', reason };
}

/** Invokes a function for a service and waits for its answer. */
export async function invokeForService(
  state: LambdaState,
  functionArn: string,
  { payload, traceId, isTrusted, ...asking }: ServiceInvocation,
): Promise<ServiceInvocationResult> {
  const target = targetForService(state, functionArn, asking, isTrusted);
  if ('errorCode' in target) return { ok: false, cause: 'refused', reason: target.reason };
  if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) {
    const reason = `the event is larger than the ${MAX_PAYLOAD_BYTES} bytes that Lambda takes`;
    return { ok: false, cause: 'too large', reason };
  }
  try {
    const { ok, payload: answer } = await invokeFunction(state, {
      fn: target.fn,
      version: routedVersion(target),
      arn: target.arn,
      requestId: randomUUID(),
      payload,
      traceId,
    });
    if (ok) return { ok, payload: answer };
    return { ok, cause: 'failed', reason: `${functionArn} failed: ${answer}` };
  } catch (error) {
    if (!(error instanceof ServiceError || error instanceof EnvironmentsClosed)) throw error;
    return { ok: false, cause: 'busy', reason: error.message || 'the engine ends' };
  }
}
