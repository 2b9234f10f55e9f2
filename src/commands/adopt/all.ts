import { AppError } from '../../lib/rules/errors.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import type { CommandContext } from '../command.ts';
import type { Connection } from '../connect.ts';
import { reading } from '../reading.ts';

/**
 * The ARNs of all topics of the account and region that deliver to a queue, shown and agreed to.
 * @throws AppError `Declined` when the user says no, `TopicNotFound` where there is none.
 */
export async function chooseAll(context: CommandContext, { aws }: Connection): Promise<string[]> {
  const { io, printer } = context;
  const { listSubscriptions } = await import('../../lib/aws/subscriptions.ts');
  const found = new Map<string, number>();
  await reading(context, 'Looking for topics', async () => {
    for await (const { topicArn, protocol } of listSubscriptions(aws)) {
      if (protocol === 'sqs') found.set(topicArn, (found.get(topicArn) ?? 0) + 1);
    }
  });
  if (found.size === 0) {
    throw new AppError({
      code: 'TopicNotFound',
      message: 'No topic of this account and region delivers to a queue.',
      hint: 'See what is there with: pubsub ls',
    });
  }
  for (const [arn, queues] of found) {
    printer.note(`  ${arn}  ${queues} ${queues === 1 ? 'queue' : 'queues'}`);
  }
  const question = `Describe ${found.size === 1 ? 'this topic' : `these ${found.size} topics`}?`;
  if (!context.yes && !(await confirm(io, printer, question))) {
    throw new AppError({ code: 'Declined', message: 'Nothing was written.' });
  }
  return [...found.keys()];
}
