import { expect, it } from 'vitest';
import { parseIdentity } from '../../../src/lib/rules/identities.ts';

const ACCOUNT = '123456789012';

it.each([
  [`arn:aws:iam::${ACCOUNT}:user/alice`, { arn: `arn:aws:iam::${ACCOUNT}:user/alice` }],
  [
    `KEY=arn:aws:iam::${ACCOUNT}:user/team/a=b`,
    { accessKeyId: 'KEY', arn: `arn:aws:iam::${ACCOUNT}:user/team/a=b` },
  ],
  [`arn:aws:iam::${ACCOUNT}:root`, { idOf: undefined }],
  [
    `arn:aws-cn:iam::${ACCOUNT}:role/service/worker`,
    {
      arn: `arn:aws-cn:sts::${ACCOUNT}:assumed-role/worker/pubsub`,
      idOf: { kind: 'role', arn: `arn:aws-cn:iam::${ACCOUNT}:role/service/worker` },
    },
  ],
  [
    `arn:aws:sts::${ACCOUNT}:assumed-role/worker/i-1`,
    { session: 'i-1', idOf: { kind: 'role', arn: `arn:aws:iam::${ACCOUNT}:role/worker` } },
  ],
])('reads %s', (text, expected) => {
  expect(parseIdentity(text)).toMatchObject({ account: ACCOUNT, ...expected });
});

it.each([
  '',
  'alice',
  'KEY=',
  `a key=arn:aws:iam::${ACCOUNT}:user/alice`,
  'arn:aws:iam::12345678901:user/alice',
  `arn:aws:iam::${ACCOUNT}:user/`,
  `arn:aws:iam::${ACCOUNT}:group/all`,
  `arn:aws:iam::${ACCOUNT}:user/${'a'.repeat(65)}`,
  `arn:aws:sts::${ACCOUNT}:assumed-role/worker`,
  `arn:aws:sqs:us-east-1:${ACCOUNT}:queue`,
])('refuses %j', (text) => {
  expect(() => parseIdentity(text)).toThrow('--identity');
});

it('takes a name of 64 characters', () => {
  const arn = `arn:aws:iam::${ACCOUNT}:user/${'a'.repeat(64)}`;
  expect(parseIdentity(arn).arn).toBe(arn);
});
