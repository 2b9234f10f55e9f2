import { randomUUID } from 'node:crypto';
import type {
  CreateSMSSandboxPhoneNumberInput,
  DeleteSMSSandboxPhoneNumberInput,
  GetSMSSandboxAccountStatusResult,
  ListOriginationNumbersRequest,
  ListOriginationNumbersResult,
  ListSMSSandboxPhoneNumbersInput,
  ListSMSSandboxPhoneNumbersResult,
  VerifySMSSandboxPhoneNumberInput,
} from '@aws-sdk/client-sns';
import { ServiceError } from '../../../errors.ts';
import type { SnsContext } from '../context.ts';
import { page } from '../pages.ts';
import { isPhoneNumber } from '../phone-number.ts';
import type { SandboxNumber } from '../platform/sandbox.ts';
import { invalidParameter, resourceNotFound } from '../refusals.ts';

/** Numbers that an account may have in its sandbox ("Adding and verifying phone numbers in the SMS sandbox"). */
const MAX_NUMBERS = 10;
const LANGUAGES =
  /^(en-US|en-GB|es-419|es-ES|de-DE|fr-CA|fr-FR|it-IT|ja-JP|pt-BR|kr-KR|zh-CN|zh-TW)$/;

/** Accounts are out of the sandbox here. https://docs.aws.amazon.com/sns/latest/api/API_GetSMSSandboxAccountStatus.html */
export function getSmsSandboxAccountStatus(): GetSMSSandboxAccountStatusResult {
  return { IsInSandbox: false };
}

/** The one-time password is kept like any SMS. https://docs.aws.amazon.com/sns/latest/api/API_CreateSMSSandboxPhoneNumber.html */
export function createSmsSandboxPhoneNumber(
  { PhoneNumber: number = '', LanguageCode: language }: CreateSMSSandboxPhoneNumberInput,
  ctx: SnsContext,
): object {
  checkNumber(number);
  if (language !== undefined && !LANGUAGES.test(language)) throw invalidParameter('LanguageCode');
  const { sandbox } = ctx.state.platform;
  const others = sandbox.of(ctx.account, ctx.region).filter((each) => each.number !== number);
  if (others.length >= MAX_NUMBERS) {
    throw new ServiceError(
      'UserError',
      `An account can have ${MAX_NUMBERS} phone numbers in the SMS sandbox.`,
    );
  }
  const { code, verified } = sandbox.add(ctx.account, ctx.region, number);
  if (verified) return {};
  ctx.state.sink.add({
    time: ctx.clock.timestamp(),
    type: 'Notification',
    protocol: 'sms',
    endpoint: number,
    messageId: randomUUID(),
    attributes: {},
    body: `Your verification code is ${code}`,
    state: 'kept',
  });
  return {};
}

/** https://docs.aws.amazon.com/sns/latest/api/API_VerifySMSSandboxPhoneNumber.html */
export function verifySmsSandboxPhoneNumber(
  { PhoneNumber, OneTimePassword }: VerifySMSSandboxPhoneNumberInput,
  ctx: SnsContext,
): object {
  const known = findNumber(ctx, PhoneNumber);
  if (OneTimePassword !== known.code) {
    throw new ServiceError('VerificationException', 'The one-time password is not valid.');
  }
  ctx.state.platform.sandbox.verify(known);
  return {};
}

/** https://docs.aws.amazon.com/sns/latest/api/API_DeleteSMSSandboxPhoneNumber.html */
export function deleteSmsSandboxPhoneNumber(
  { PhoneNumber }: DeleteSMSSandboxPhoneNumberInput,
  ctx: SnsContext,
): object {
  ctx.state.platform.sandbox.remove(findNumber(ctx, PhoneNumber));
  return {};
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ListSMSSandboxPhoneNumbers.html */
export function listSmsSandboxPhoneNumbers(
  { NextToken, MaxResults }: ListSMSSandboxPhoneNumbersInput,
  ctx: SnsContext,
): ListSMSSandboxPhoneNumbersResult {
  checkPageSize(MaxResults, 100);
  const numbers = ctx.state.platform.sandbox.of(ctx.account, ctx.region);
  const { items, ...more } = page(numbers, NextToken, MaxResults);
  return {
    PhoneNumbers: items.map(({ number, verified }) => ({
      PhoneNumber: number,
      Status: verified ? 'Verified' : 'Pending',
    })),
    ...more,
  };
}

/** Nobody bought a number here. https://docs.aws.amazon.com/sns/latest/api/API_ListOriginationNumbers.html */
export function listOriginationNumbers({
  NextToken,
  MaxResults,
}: ListOriginationNumbersRequest): ListOriginationNumbersResult {
  checkPageSize(MaxResults, 30);
  page([], NextToken);
  return { PhoneNumbers: [] };
}

function findNumber(ctx: SnsContext, number = ''): SandboxNumber {
  checkNumber(number);
  const known = ctx.state.platform.sandbox.find(ctx.account, ctx.region, number);
  if (known === undefined) throw resourceNotFound();
  return known;
}

function checkNumber(number: string): void {
  if (!isPhoneNumber(number) || !number.startsWith('+')) {
    throw invalidParameter('PhoneNumber Reason: input incorrectly formatted');
  }
}

function checkPageSize(size: number | undefined, most: number): void {
  if (size !== undefined && !(size >= 1 && size <= most)) {
    throw invalidParameter(`MaxResults Reason: must be between 1 and ${most}`);
  }
}
