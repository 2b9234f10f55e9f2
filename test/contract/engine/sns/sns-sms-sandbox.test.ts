import {
  CreateSMSSandboxPhoneNumberCommand,
  DeleteSMSSandboxPhoneNumberCommand,
  GetSMSSandboxAccountStatusCommand,
  ListOriginationNumbersCommand,
  ListSMSSandboxPhoneNumbersCommand,
  VerifySMSSandboxPhoneNumberCommand,
} from '@aws-sdk/client-sns';
import { expect, it } from 'vitest';
import { OTHER_ACCOUNT, refusalOf, useSns } from '../../../fixtures/sns-engine.ts';

const engine = useSns();

const create = (PhoneNumber: string) =>
  engine.sns.send(new CreateSMSSandboxPhoneNumberCommand({ PhoneNumber }));
const verify = (PhoneNumber: string, OneTimePassword: string) =>
  engine.sns.send(new VerifySMSSandboxPhoneNumberCommand({ PhoneNumber, OneTimePassword }));
const remove = (PhoneNumber: string) =>
  engine.sns.send(new DeleteSMSSandboxPhoneNumberCommand({ PhoneNumber }));
const list = async (more: { NextToken?: string; MaxResults?: number } = {}) => {
  const answer = await engine.sns.send(new ListSMSSandboxPhoneNumbersCommand(more));
  return { numbers: answer.PhoneNumbers, next: answer.NextToken };
};

it('numbers of the SMS sandbox are verified with the code that is sent to them', async () => {
  const number = '+15551230000';
  expect(await engine.sns.send(new GetSMSSandboxAccountStatusCommand({}))).toMatchObject({
    IsInSandbox: false,
  });
  await create(number);
  expect((await list()).numbers).toEqual([{ PhoneNumber: number, Status: 'Pending' }]);
  const [sms] = engine.running.engine.sns.sink.find({ endpoint: number });
  const code = /\d{6}$/.exec(sms?.body ?? '')?.[0] ?? '';
  const wrong = code === '000000' ? '000001' : '000000';
  expect(await refusalOf(verify(number, wrong))).toMatchObject({
    code: 'VerificationException',
    status: 400,
  });
  await verify(number, code);
  expect((await list()).numbers).toEqual([{ PhoneNumber: number, Status: 'Verified' }]);
  await remove(number);
  expect((await list()).numbers).toEqual([]);
  for (const gone of [remove(number), verify(number, code)]) {
    expect(await refusalOf(gone)).toMatchObject({ code: 'ResourceNotFound', status: 404 });
  }
});

it('an account has ten numbers at most, of its own, listed in pages', async () => {
  const numbers = Array.from({ length: 10 }, (_, at) => `+1555123000${at}`);
  for (const each of numbers) await create(each);
  await create(numbers[0] ?? '');
  expect(await refusalOf(create('+15551239999'))).toMatchObject({ code: 'UserError', status: 400 });
  const first = await list({ MaxResults: 7 });
  const second = await list({ MaxResults: 7, NextToken: first.next ?? '' });
  expect([...(first.numbers ?? []), ...(second.numbers ?? [])].map((n) => n.PhoneNumber)).toEqual(
    numbers,
  );
  expect([first.numbers?.length, second.next]).toEqual([7, undefined]);
  const { sns } = engine.clients(OTHER_ACCOUNT);
  const theirs = await sns.send(new ListSMSSandboxPhoneNumbersCommand({}));
  expect(theirs.PhoneNumbers).toEqual([]);
  expect((await sns.send(new ListOriginationNumbersCommand({}))).PhoneNumbers).toEqual([]);
});

it.each([
  ['a number', () => create('5551')],
  ['a page of 101', () => list({ MaxResults: 101 })],
  ['a page of 0', () => list({ MaxResults: 0 })],
  ['a token', () => list({ NextToken: 'x' })],
])('what is none is refused: %s', async (_, call) => {
  expect(await refusalOf(call())).toMatchObject({ code: 'InvalidParameter', status: 400 });
});
