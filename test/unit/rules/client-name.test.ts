import { describe, expect, test } from 'vitest';
import { clientName, receiverProduct } from '../../../src/lib/rules/client-name.ts';

describe('the name of a client', () => {
  const sdk =
    'aws-sdk-js/3.1090.0 ua/2.1 os/linux#6.1.0 lang/js md/nodejs#20.19.4 api/sqs#3.1090.0 m/E';

  test.each([
    [`${sdk} ${receiverProduct('subscriber', 'email', 4711)}`, 'pubsub-subscriber/email', 4711],
    [`${receiverProduct('tap', 'my topic #1', 1)}`, 'pubsub-tap/my-topic--1', 1],
    [`${receiverProduct('tap', '', 1)} app/x`, 'pubsub-tap/-', 1],
    [`${sdk} app/orders-worker`, 'orders-worker', null],
    [sdk, 'aws-sdk-js/3.1090.0', null],
    ['Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1', 'Boto3/1.43.11', null],
    ['', 'unknown', null],
    ['  ', 'unknown', null],
  ])('%s', (userAgent, client, pid) => {
    expect(clientName(userAgent)).toEqual({ client, pid });
  });
});
