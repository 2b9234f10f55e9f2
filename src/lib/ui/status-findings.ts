import type { StatusFinding } from '../diagnose/status/status-condition.ts';

/** Whether a condition of `--fail-if` holds, as a sentence. */
export function renderFinding(finding: StatusFinding): string {
  const { condition, subscriber, field, verdict } = finding;
  if (verdict === 'met') return `${subscriber}: ${found(finding)} (--fail-if '${condition}').`;
  return `${subscriber}: ${field} is unknown, ${why(finding)} (--fail-if '${condition}').`;
}

function found({ field, value }: StatusFinding): string {
  if (field === 'subscribed')
    return value ? 'the queue is subscribed' : 'the queue is not subscribed';
  return field === 'age' ? `the oldest message is ${value} s old` : `${field} is ${value}`;
}

function why({ field, reason }: StatusFinding): string {
  if (reason === 'no-queue') {
    return field === 'dlq' ? 'there is no dead-letter queue' : 'there is no queue';
  }
  if (field === 'consumers') return 'SQS does not tell who receives';
  return 'SQS does not tell it; on AWS it is in CloudWatch (ApproximateAgeOfOldestMessage)';
}
