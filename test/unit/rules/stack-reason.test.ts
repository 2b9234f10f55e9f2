import { expect, it } from 'vitest';
import { plainReason } from '../../../src/lib/rules/stack-reason.ts';

it.each([
  [
    'Resource handler returned message: "You must wait (60 s). (Service: Sqs, Status Code: 400, Request ID: 70fa)" (RequestToken: e2, HandlerErrorCode: InvalidRequest)',
    'You must wait (60 s).',
  ],
  [
    "Resource of type 'AWS::SNS::Topic' with identifier 'payments' already exists. ",
    "Resource of type 'AWS::SNS::Topic' with identifier 'payments' already exists.",
  ],
  ['User Initiated', ''],
  ['', ''],
])('takes %j to its plain words', (reason, words) => {
  expect(plainReason(reason)).toBe(words);
});
