import type {
  CreatePlatformApplicationInput,
  CreatePlatformApplicationResponse,
  DeletePlatformApplicationInput,
  GetPlatformApplicationAttributesInput,
  GetPlatformApplicationAttributesResponse,
  ListPlatformApplicationsInput,
  ListPlatformApplicationsResponse,
  SetPlatformApplicationAttributesInput,
} from '@aws-sdk/client-sns';
import type { SnsContext } from '../context.ts';
import { page } from '../pages.ts';
import { checkArn } from '../platform/arns.ts';
import { applicationFor, authorizeOwner } from '../platform/lookup.ts';
import type { PlatformResource } from '../platform/state.ts';
import { invalidParameter } from '../refusals.ts';

/** "Amazon SNS supported platforms" (`CreatePlatformApplication`). */
const PLATFORMS: ReadonlySet<string> = new Set([
  'ADM',
  'APNS',
  'APNS_SANDBOX',
  'APNS_VOIP',
  'APNS_VOIP_SANDBOX',
  'BAIDU',
  'GCM',
  'MACOS',
  'MACOS_SANDBOX',
  'MPNS',
  'WNS',
]);
const MAX_NAME = 256;
const MAX_SAMPLE_RATE = 100;
/** The platform whose only secret is an API key; the others have a principal too. */
const KEY_ONLY = 'GCM';
const SETTABLE: ReadonlySet<string> = new Set([
  'PlatformCredential',
  'PlatformPrincipal',
  'EventEndpointCreated',
  'EventEndpointDeleted',
  'EventEndpointUpdated',
  'EventDeliveryFailure',
  'SuccessFeedbackRoleArn',
  'FailureFeedbackRoleArn',
  'SuccessFeedbackSampleRate',
  'ApplePlatformTeamID',
  'ApplePlatformBundleID',
]);
/** What is never shown again. */
const SECRET: ReadonlySet<string> = new Set(['PlatformCredential', 'PlatformPrincipal']);

/** https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformApplication.html */
export function createPlatformApplication(
  { Name: name = '', Platform: platform = '', Attributes = {} }: CreatePlatformApplicationInput,
  ctx: SnsContext,
): CreatePlatformApplicationResponse {
  checkName(name);
  if (!PLATFORMS.has(platform))
    throw invalidParameter(`Platform Reason: ${platform} is not supported`);
  const attributes = checked(Attributes);
  checkSecrets(platform, attributes);
  const { platform: state } = ctx.state;
  const arn = `arn:aws:sns:${ctx.region}:${ctx.account}:app/${platform}/${name}`;
  const existing = state.applications.get(arn);
  if (existing === undefined) {
    const { account, region } = ctx;
    state.keepApplication({ arn, account, region, serial: state.nextSerial(), attributes });
  } else if ([...attributes].some(([one, value]) => existing.attributes.get(one) !== value)) {
    throw invalidParameter(
      'Name Reason: An application with the same name but different properties already exists',
    );
  }
  return { PlatformApplicationArn: arn };
}

function checkName(name: string): void {
  let fault: string | undefined;
  if (name === '') fault = 'cannot be empty';
  else if (name.length > MAX_NAME) fault = `must be at most ${MAX_NAME} characters long`;
  else if (!/^[A-Za-z0-9_.-]+$/.test(name)) {
    fault = "must contain only characters 'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and '.'";
  }
  if (fault !== undefined) throw invalidParameter(`${name} Reason: ${fault}`);
}

function checkSecrets(platform: string, attributes: ReadonlyMap<string, string>): void {
  const principal = attributes.has('PlatformPrincipal');
  const credential = attributes.get('PlatformCredential');
  let fault: string | undefined;
  if (principal && credential === undefined) {
    fault = 'PlatformPrincipal attribute provided without PlatformCredential';
  } else if (!credential) {
    fault = 'Invalid value for attribute: PlatformCredential: cannot be empty';
  } else if (!principal && platform !== KEY_ONLY) {
    fault = 'PlatformCredential attribute provided without PlatformPrincipal';
  }
  if (fault !== undefined) throw invalidParameter(`Attributes Reason: ${fault}`);
}

function checked(given: Readonly<Record<string, string>>): Map<string, string> {
  for (const [name, value] of Object.entries(given)) {
    if (!SETTABLE.has(name)) {
      throw invalidParameter(`Attributes Reason: Invalid attribute name: ${name}`);
    }
    if (name !== 'SuccessFeedbackSampleRate') continue;
    if (/^\d{1,3}$/.test(value) && Number(value) <= MAX_SAMPLE_RATE) continue;
    throw invalidParameter(
      `Attributes Reason: Invalid value for attribute: ${name}: ${value} value provided is not an integer between 0-${MAX_SAMPLE_RATE}`,
    );
  }
  return new Map(Object.entries(given));
}

/** Deleting what isn't there is no error. https://docs.aws.amazon.com/sns/latest/api/API_DeletePlatformApplication.html */
export function deletePlatformApplication(
  { PlatformApplicationArn: arn = '' }: DeletePlatformApplicationInput,
  ctx: SnsContext,
): object {
  checkArn(arn, 'app', 'PlatformApplicationArn');
  authorizeOwner(ctx, arn, 'DeletePlatformApplication');
  ctx.state.platform.dropApplication(arn);
  return {};
}

/** https://docs.aws.amazon.com/sns/latest/api/API_GetPlatformApplicationAttributes.html */
export function getPlatformApplicationAttributes(
  { PlatformApplicationArn: arn = '' }: GetPlatformApplicationAttributesInput,
  ctx: SnsContext,
): GetPlatformApplicationAttributesResponse {
  return { Attributes: shown(applicationFor(ctx, arn, 'GetPlatformApplicationAttributes')) };
}

/** https://docs.aws.amazon.com/sns/latest/api/API_SetPlatformApplicationAttributes.html */
export function setPlatformApplicationAttributes(
  { PlatformApplicationArn: arn = '', Attributes = {} }: SetPlatformApplicationAttributesInput,
  ctx: SnsContext,
): object {
  const application = applicationFor(ctx, arn, 'SetPlatformApplicationAttributes');
  for (const [name, value] of checked(Attributes)) application.attributes.set(name, value);
  ctx.state.platform.keepApplication(application);
  return {};
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ListPlatformApplications.html */
export function listPlatformApplications(
  { NextToken }: ListPlatformApplicationsInput,
  ctx: SnsContext,
): ListPlatformApplicationsResponse {
  const own = [...ctx.state.platform.applications.values()].filter(
    ({ account, region }) => account === ctx.account && region === ctx.region,
  );
  const { items, ...next } = page(own, NextToken);
  const PlatformApplications = items.map((each) => ({
    PlatformApplicationArn: each.arn,
    Attributes: shown(each),
  }));
  return { PlatformApplications, ...next };
}

function shown({ attributes }: PlatformResource): Record<string, string> {
  const told = [...attributes].filter(([name]) => !SECRET.has(name));
  return { Enabled: 'true', ...Object.fromEntries(told) };
}
