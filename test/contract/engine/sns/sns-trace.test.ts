import { PublishCommand } from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import type { MessageEvent } from '../../../../src/lib/rules/message-trace.ts';
import { ACCOUNT, REGION, useSns } from '../../../fixtures/sns-engine.ts';

const engine = useSns();

test('each step of a fan-out is told', async () => {
  const topic = await engine.topic('told');
  const [open, filtered, closed, dead] = [
    await engine.queue('open'),
    await engine.queue('filtered'),
    await engine.queue('closed', { policy: 'none' }),
    await engine.queue('dead'),
  ];
  await engine.subscribe(topic, open.arn);
  await engine.subscribe(topic, filtered.arn, { FilterPolicy: '{"kind":["a"]}' });
  await engine.subscribe(topic, closed.arn, {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }),
  });

  const events: MessageEvent[] = [];
  const stop = new AbortController();
  const trace = engine.running.engine.trace.subscribe({ signal: stop.signal });
  const { MessageId } = await engine.sns.send(
    new PublishCommand({ TopicArn: topic, Message: 'm' }),
  );
  stop.abort();
  for await (const event of trace) events.push(event);

  const common = { account: ACCOUNT, region: REGION, topicArn: topic, messageId: MessageId };
  expect(events).toMatchObject([
    { ...common, kind: 'published', subscriptions: 3 },
    { kind: 'delivered', queueArn: open.arn, topicArn: topic, topicMessageId: MessageId },
    {
      ...common,
      kind: 'filtered',
      queueArn: filtered.arn,
      clause: expect.stringContaining('kind'),
    },
    {
      ...common,
      kind: 'refused',
      queueArn: closed.arn,
      errorCode: 'AccessDenied',
      reason: expect.stringContaining('no policy'),
      deadLetterArn: dead.arn,
    },
  ]);
});
