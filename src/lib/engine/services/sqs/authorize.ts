import { evaluatePolicy } from '../../../rules/policy/index.ts';
import { timeKeys } from '../../time-keys.ts';
import type { SqsContext } from './context.ts';
import { accessDenied } from './errors.ts';
import type { Queue } from './queue/queue.ts';

/** What other accounts can't be allowed to do (API reference: "Cross-account permissions don't apply"). */
const OWNER_ONLY: ReadonlySet<string> = new Set([
  'AddPermission',
  'CancelMessageMoveTask',
  'CreateQueue',
  'DeleteQueue',
  'ListMessageMoveTasks',
  'ListQueueTags',
  'RemovePermission',
  'SetQueueAttributes',
  'StartMessageMoveTask',
  'TagQueue',
  'UntagQueue',
]);

const NOT_ALLOWED = 'because no resource-based policy allows the {action} action';

/**
 * Lets the caller act on a queue or not: the queue's own account unless its policy denies it, another account only
 * when the policy allows it and doesn't deny it. `action` is the permission's name: batches have that of the single
 * action ("Amazon SQS API permissions: Actions and resource reference").
 *
 * @throws ServiceError AccessDenied, 403
 */
export function authorize(ctx: SqsContext, queue: Queue, action: string): void {
  const owner = ctx.account === queue.account;
  const { policy } = queue.settings;
  if (policy === undefined) {
    if (owner) return;
    throw accessDenied(ctx.principalArn, action, queue.arn, NOT_ALLOWED);
  }
  // The owner needs no Allow.
  if (owner && policy.denies.length === 0) return;
  const { decision } = evaluatePolicy(policy, {
    principal: { type: 'AWS', arn: ctx.principalArn, account: ctx.account },
    action: `sqs:${action}`,
    resource: queue.arn,
    context: conditionKeys(ctx),
  });
  if (decision === 'deny') {
    throw accessDenied(
      ctx.principalArn,
      action,
      queue.arn,
      'with an explicit deny in a resource-based policy',
    );
  }
  if (owner || (decision === 'allow' && !OWNER_ONLY.has(action))) return;
  throw accessDenied(ctx.principalArn, action, queue.arn, NOT_ALLOWED);
}

/**
 * The keys that a request brings. The engine stands for AWS's endpoint, which speaks TLS: `aws:SecureTransport` says
 * so, because else the customary statement that denies plain HTTP would lock everybody out.
 */
function conditionKeys(ctx: SqsContext): Record<string, string> {
  return {
    'aws:SourceIp': ctx.sourceIp,
    'aws:RequestedRegion': ctx.region,
    'aws:SecureTransport': 'true',
    ...timeKeys(ctx.clock.timestamp()),
  };
}
