import { parseArn } from '../../../rules/names.ts';
import { redriveAllowDifference, redriveDifference } from '../../../topology/queue-settings.ts';
import { type Finding, fail, ok, SETUP, subscriberCheck, warn } from '../check.ts';
import { factOf, orAbsent } from '../fact.ts';

/** Where messages go that fail again and again, and whether they can get there. */
export const redrive = subscriberCheck({
  id: 'redrive',
  reads: ({ spec, queue, dlq }) => ({
    queue,
    dlq: spec.dlq === undefined ? factOf(undefined) : orAbsent(dlq),
  }),
  run: ({ queue, dlq }, { spec }): Finding => {
    const policy = queue.attributes.RedrivePolicy;
    const { deadLetterTargetArn: target, maxReceiveCount } = readPolicy(policy);
    if (spec.dlq === undefined) {
      return target === undefined
        ? ok('no dead-letter queue, as the topology says')
        : warn(`The RedrivePolicy is ${policy}; the topology says that there is none.`, SETUP);
    }
    if (!policy || target === undefined) {
      return warn(
        'There is no RedrivePolicy: a message that fails comes again and again until it expires.',
        SETUP,
      );
    }
    const targetName = parseArn(target)?.resource;
    if (targetName === spec.dlq && dlq === undefined) {
      return fail(`The RedrivePolicy names ${target}, a queue that is not there.`, SETUP);
    }
    if (dlq !== undefined && redriveAllowDifference(dlq.attributes, [queue.arn]).length > 0) {
      return fail(
        `The RedriveAllowPolicy of ${dlq.name} shuts the queue out: ${dlq.attributes.RedriveAllowPolicy}`,
        SETUP,
      );
    }
    if (Number(maxReceiveCount) === 1 && spec.maxReceiveCount !== 1) {
      return warn(
        'maxReceiveCount is 1: one failure, or one consumer that dies, makes a message a dead letter.',
        SETUP,
      );
    }
    const dlqArn = dlq?.arn ?? `${queue.arn.slice(0, queue.arn.lastIndexOf(':') + 1)}${spec.dlq}`;
    if (redriveDifference(queue.attributes, dlqArn, spec.maxReceiveCount).length > 0) {
      return warn(
        `The RedrivePolicy is ${policy}; the topology says ${spec.dlq} after ${spec.maxReceiveCount} receives.`,
        SETUP,
      );
    }
    return ok(`to ${targetName} after ${maxReceiveCount} receives`);
  },
});

function readPolicy(text: string | undefined): {
  readonly deadLetterTargetArn?: string;
  readonly maxReceiveCount?: string | number;
} {
  try {
    const value: unknown = JSON.parse(text || '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
