import * as commands from '@aws-sdk/client-sts';
import { expect, it } from 'vitest';
import { type Answer, expectAnswers, useService } from '../../../fixtures/answers.ts';

const at = useService(commands.STSClient);
const ask = (calls: readonly Answer[]) => expectAnswers({ client: at.client, commands }, calls);

const role = { RoleArn: 'arn:aws:iam::111122223333:role/r', RoleSessionName: 'me' };
const calls: Answer[] = [
  [
    'AssumeRole',
    { ...role, DurationSeconds: 899 },
    "400 ValidationError: 1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
  ],
  [
    'AssumeRole',
    { ...role, DurationSeconds: 43_201 },
    "400 ValidationError: 1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
  ],
  [
    'AssumeRole',
    { ...role, RoleSessionName: 's' },
    "400 ValidationError: 1 validation error detected: Value 's' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
  ],
  [
    'AssumeRole',
    { ...role, RoleSessionName: 's'.repeat(65) },
    "400 ValidationError: 1 validation error detected: Value 'sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss' at 'roleSessionName' failed to satisfy constraint: Member must have length less than or equal to 64",
  ],
  [
    'AssumeRole',
    { ...role, RoleSessionName: 'a b' },
    "400 ValidationError: 1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
  ],
  [
    'AssumeRole',
    { ...role, RoleArn: 'arn:aws:iam::1' },
    "400 ValidationError: 1 validation error detected: Value 'arn:aws:iam::1' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
  ],
  [
    'AssumeRole',
    { ...role, RoleArn: 'arn:aws:sns:us-east-1:111122223333:role/r' },
    '400 ValidationError: arn:aws:sns:us-east-1:111122223333:role/r is invalid',
  ],
  [
    'AssumeRole',
    { ...role, Policy: '' },
    "400 ValidationError: 1 validation error detected: Value '' at 'policy' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    'AssumeRole',
    { ...role, RoleSessionName: 's', DurationSeconds: 1 },
    "400 ValidationError: 2 validation errors detected: Value 's' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2; Value '1' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
  ],
  [
    'AssumeRole',
    {},
    "400 ValidationError: 2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
  ],
  [
    'GetSessionToken',
    { DurationSeconds: 899 },
    "400 ValidationError: 1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
  ],
  [
    'GetSessionToken',
    { DurationSeconds: 129_601 },
    "400 ValidationError: 1 validation error detected: Value '129601' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 129600",
  ],
  [
    'GetCallerIdentity',
    {},
    { UserId: '111122223333', Account: '111122223333', Arn: 'arn:aws:iam::111122223333:root' },
  ],
  [
    'DecodeAuthorizationMessage',
    { EncodedMessage: 'm' },
    '400 UnsupportedOperation: The local engine does not support STS DecodeAuthorizationMessage.',
  ],
];

it('refuses what is out of bounds, with the reason', async () => {
  await ask(calls);
});

it('gives keys for as long as is asked for, or as AWS does', async () => {
  const lasts = async (asking: Promise<{ Credentials?: commands.Credentials | undefined }>) => {
    const { Credentials } = await asking;
    return Math.ceil(((Credentials?.Expiration?.getTime() ?? 0) - Date.now()) / 60_000);
  };
  const token = (DurationSeconds?: number) =>
    lasts(at.client.send(new commands.GetSessionTokenCommand({ DurationSeconds })));
  const assumed = (DurationSeconds?: number) =>
    lasts(at.client.send(new commands.AssumeRoleCommand({ ...role, DurationSeconds })));
  expect([await token(), await token(900), await token(129_600)]).toEqual([720, 15, 2160]);
  expect([await assumed(), await assumed(900), await assumed(43_200)]).toEqual([60, 15, 720]);
});
