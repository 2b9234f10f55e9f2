import type {
  CheckIfPhoneNumberIsOptedOutInput,
  CheckIfPhoneNumberIsOptedOutResponse,
  GetSMSAttributesInput,
  GetSMSAttributesResponse,
  ListPhoneNumbersOptedOutResponse,
  OptInPhoneNumberInput,
  SetSMSAttributesInput,
} from '@aws-sdk/client-sns';
import { ServiceError } from '../../../errors.ts';
import type { SnsContext } from '../context.ts';
import { isPhoneNumber } from '../phone-number.ts';
import { invalidParameter } from '../refusals.ts';

/** What a value of an SMS attribute looks like, and what AWS says of others (`SetSMSAttributes`). */
const ATTRIBUTES: Readonly<Record<string, readonly [form: RegExp, fault: string]>> = {
  MonthlySpendLimit: [/^\d{1,9}$/, 'MonthlySpendLimit is invalid'],
  DeliveryStatusIAMRole: [
    /^(?:arn:aws[a-z-]*:iam::\d{12}:role\/.+)?$/,
    'DeliveryStatusIAMRole is invalid',
  ],
  DeliveryStatusSuccessSamplingRate: [
    /^(?:\d{1,2}|100)$/,
    'DeliveryStatusSuccessSamplingRate is not an integer between 0-100',
  ],
  DefaultSenderID: [/^(?=.*[A-Za-z])[A-Za-z0-9-]{1,11}$|^$/, 'DefaultSenderID is invalid'],
  DefaultSMSType: [/^(?:Promotional|Transactional)$/, 'DefaultSMSType is invalid'],
  UsageReportS3Bucket: [
    /^[a-z0-9.-]*$/,
    'Invalid parameter: UsageReportS3Bucket Reason: The bucket you provided does not exist',
  ],
};

/** https://docs.aws.amazon.com/sns/latest/api/API_SetSMSAttributes.html */
export function setSmsAttributes({ attributes = {} }: SetSMSAttributesInput, ctx: SnsContext) {
  for (const [name, value] of Object.entries(attributes)) {
    const rule = Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : undefined;
    const [form, fault] = rule ?? [/^(?!)/, `${name} is not a valid attribute`];
    if (!form.test(value)) throw new ServiceError('InvalidParameter', fault);
  }
  ctx.state.platform.setSms(ctx.account, ctx.region, new Map(Object.entries(attributes)));
  return {};
}

/** https://docs.aws.amazon.com/sns/latest/api/API_GetSMSAttributes.html */
export function getSmsAttributes(
  { attributes: wanted }: GetSMSAttributesInput,
  ctx: SnsContext,
): GetSMSAttributesResponse {
  const all = [...ctx.state.platform.smsAttributes(ctx.account, ctx.region)];
  const asked = wanted === undefined || wanted.length === 0 ? undefined : new Set(wanted);
  return { attributes: Object.fromEntries(all.filter(([name]) => asked?.has(name) ?? true)) };
}

/** Nobody opts out here. https://docs.aws.amazon.com/sns/latest/api/API_CheckIfPhoneNumberIsOptedOut.html */
export function checkIfPhoneNumberIsOptedOut({
  phoneNumber = '',
}: CheckIfPhoneNumberIsOptedOutInput): CheckIfPhoneNumberIsOptedOutResponse {
  checkPhoneNumber(phoneNumber);
  return { isOptedOut: false };
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ListPhoneNumbersOptedOut.html */
export function listPhoneNumbersOptedOut(): ListPhoneNumbersOptedOutResponse {
  return { phoneNumbers: [] };
}

/** https://docs.aws.amazon.com/sns/latest/api/API_OptInPhoneNumber.html */
export function optInPhoneNumber({ phoneNumber = '' }: OptInPhoneNumberInput): object {
  checkPhoneNumber(phoneNumber);
  return {};
}

function checkPhoneNumber(text: string): void {
  if (!isPhoneNumber(text)) {
    throw invalidParameter('PhoneNumber Reason: input incorrectly formatted');
  }
}
