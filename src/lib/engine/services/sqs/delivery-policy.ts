import {
  evaluatePolicy,
  type PolicyDecision,
  type ResourcePolicy,
} from '../../../rules/policy/index.ts';
import { timeKeys } from '../../time-keys.ts';

/** Topics remembered at most for one policy. */
const REMEMBERED = 1000;

/** What policies that look at nothing but the topic decided, by its ARN. Each queue has its policy to itself, and a new one when it changes. */
const decisions = new WeakMap<ResourcePolicy, Map<string, PolicyDecision> | 'changing'>();

/** What a queue's policy says of a topic that sends to it as SNS does: as the service, which no ownership lets in. */
export function decideDelivery(
  policy: ResourcePolicy,
  queueArn: string,
  topic: { readonly topicArn: string; readonly topicAccount: string },
  now: number,
): PolicyDecision {
  let known = decisions.get(policy);
  if (known === undefined) {
    known = looksAtTime(policy) ? 'changing' : new Map();
    decisions.set(policy, known);
  }
  if (known === 'changing') return evaluate(policy, queueArn, topic, now);
  let decision = known.get(topic.topicArn);
  if (decision === undefined) {
    decision = evaluate(policy, queueArn, topic, now);
    if (known.size >= REMEMBERED) known.clear();
    known.set(topic.topicArn, decision);
  }
  return decision;
}

function evaluate(
  policy: ResourcePolicy,
  queueArn: string,
  { topicArn, topicAccount }: { readonly topicArn: string; readonly topicAccount: string },
  now: number,
): PolicyDecision {
  return evaluatePolicy(policy, {
    principal: { type: 'Service', arn: 'sns.amazonaws.com', account: '' },
    action: 'sqs:SendMessage',
    resource: queueArn,
    context: {
      'aws:SourceArn': topicArn,
      'aws:SourceAccount': topicAccount,
      'aws:SecureTransport': 'true',
      ...timeKeys(now),
    },
  });
}

/** Whether the policy may decide otherwise at another moment: by a condition key, or by a variable in any text. */
function looksAtTime({ statements }: ResourcePolicy): boolean {
  return statements.some(
    ({ elements, conditions }) =>
      conditions.some(({ key }) => /time/i.test(key)) ||
      [...elements, ...conditions].some(({ wanted }) => JSON.stringify(wanted).includes('${')),
  );
}
