import type {
  GetDataProtectionPolicyInput,
  GetDataProtectionPolicyResponse,
  PutDataProtectionPolicyInput,
} from '@aws-sdk/client-sns';
import type { SnsContext } from '../context.ts';
import { topicFor } from '../lookup.ts';
import { invalidParameter } from '../refusals.ts';
import { storeTopic } from '../stored.ts';

/** Characters of a policy document (`PutDataProtectionPolicy`). */
const MAX_POLICY = 30_720;

/** @throws ServiceError `InvalidParameter` */
export function checkDataProtectionPolicy(text: string): void {
  if (text.length > MAX_POLICY) {
    throw invalidParameter(`DataProtectionPolicy Reason: at most ${MAX_POLICY} characters`);
  }
  const directions = statements(text).map((each) => Reflect.get(Object(each), 'DataDirection'));
  if (directions.every((each) => each === 'Inbound' || each === 'Outbound')) return;
  throw invalidParameter(
    'DataProtectionPolicy Reason: Statement DataDirection must be either Inbound or Outbound',
  );
}

function statements(text: string): readonly unknown[] {
  try {
    const policy: unknown = JSON.parse(text);
    const given: unknown = Reflect.get(Object(policy), 'Statement') ?? [];
    return Array.isArray(given) ? given : [given];
  } catch {
    throw invalidParameter('DataProtectionPolicy Reason: failed to parse JSON.');
  }
}

/**
 * Keeps the policy; the engine doesn't look for personal data in messages.
 * https://docs.aws.amazon.com/sns/latest/api/API_PutDataProtectionPolicy.html
 */
export function putDataProtectionPolicy(
  input: PutDataProtectionPolicyInput,
  ctx: SnsContext,
): object {
  const topic = topicFor(ctx, input.ResourceArn ?? '', 'PutDataProtectionPolicy');
  const policy = input.DataProtectionPolicy ?? '';
  if (policy !== '') checkDataProtectionPolicy(policy);
  topic.dataProtectionPolicy = policy === '' ? undefined : policy;
  storeTopic(ctx.state, topic);
  return {};
}

/** https://docs.aws.amazon.com/sns/latest/api/API_GetDataProtectionPolicy.html */
export function getDataProtectionPolicy(
  input: GetDataProtectionPolicyInput,
  ctx: SnsContext,
): GetDataProtectionPolicyResponse {
  const topic = topicFor(ctx, input.ResourceArn ?? '', 'GetDataProtectionPolicy');
  const { dataProtectionPolicy } = topic;
  return dataProtectionPolicy === undefined ? {} : { DataProtectionPolicy: dataProtectionPolicy };
}
