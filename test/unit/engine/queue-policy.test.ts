import { expect, test } from 'vitest';
import { decideDelivery } from '../../../src/lib/engine/services/sqs/delivery-policy.ts';
import {
  checkQueuePolicy,
  queuePolicy,
} from '../../../src/lib/engine/services/sqs/queue-policy.ts';

const topic = { topicArn: 'arn:aws:sns:us-east-1:000000000000:t', topicAccount: '000000000000' };
const queueArn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const letting = (name: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queueArn(name),
    },
  });

test('a policy that two queues have decides for each of them', () => {
  const text = letting('orders');
  checkQueuePolicy(text);
  const decide = (name: string) =>
    decideDelivery(queuePolicy(text), queueArn(name), topic, 0).decision;
  expect(['orders', 'payments', 'orders'].map(decide)).toEqual(['allow', 'none', 'allow']);
});

test('a policy that was refused is refused again', () => {
  const text = letting('orders').replace('Allow', 'Let');
  for (let count = 0; count < 2; count += 1) expect(() => checkQueuePolicy(text)).toThrow('Policy');
});
