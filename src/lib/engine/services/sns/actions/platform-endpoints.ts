import { randomUUID } from 'node:crypto';
import type {
  CreateEndpointResponse,
  CreatePlatformEndpointInput,
  DeleteEndpointInput,
  GetEndpointAttributesInput,
  GetEndpointAttributesResponse,
  ListEndpointsByPlatformApplicationInput,
  ListEndpointsByPlatformApplicationResponse,
  SetEndpointAttributesInput,
} from '@aws-sdk/client-sns';
import type { SnsContext } from '../context.ts';
import { page } from '../pages.ts';
import { checkArn } from '../platform/arns.ts';
import { applicationFor, authorizeOwner, endpointFor } from '../platform/lookup.ts';
import { invalidParameter } from '../refusals.ts';

const SETTABLE: ReadonlySet<string> = new Set(['CustomUserData', 'Enabled', 'Token']);
/** "The data must be in UTF-8 format and less than 2KB." */
const MAX_USER_DATA_BYTES = 2048;

/** https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformEndpoint.html */
export function createPlatformEndpoint(
  input: CreatePlatformEndpointInput,
  ctx: SnsContext,
): CreateEndpointResponse {
  const { PlatformApplicationArn = '', Token = '', CustomUserData, Attributes = {} } = input;
  const application = applicationFor(ctx, PlatformApplicationArn, 'CreatePlatformEndpoint');
  if (Token === '') throw invalidParameter('Token Reason: cannot be empty');
  const attributes = new Map([
    ['Enabled', 'true'],
    ...checked(Attributes),
    ['Token', Token],
    ...(CustomUserData === undefined ? [] : checked({ CustomUserData })),
  ]);
  const { platform } = ctx.state;
  for (const other of platform.endpoints.values()) {
    if (other.applicationArn !== application.arn) continue;
    if (other.attributes.get('Token') !== Token) continue;
    if (sameAttributes(other.attributes, attributes)) return { EndpointArn: other.arn };
    throw invalidParameter(
      `Token Reason: Endpoint ${other.arn} already exists with the same Token, but different attributes.`,
    );
  }
  const arn = `${application.arn.replace(':app/', ':endpoint/')}/${randomUUID()}`;
  const { account, region } = ctx;
  const serial = platform.nextSerial();
  platform.keepEndpoint({
    arn,
    account,
    region,
    serial,
    attributes,
    applicationArn: application.arn,
  });
  return { EndpointArn: arn };
}

function checked(given: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(given).map(([name, value]) => {
    if (!SETTABLE.has(name)) {
      throw invalidParameter(`Attributes Reason: Invalid attribute name: ${name}`);
    }
    if (name === 'CustomUserData' && Buffer.byteLength(value) > MAX_USER_DATA_BYTES) {
      throw invalidParameter(
        `Attributes Reason: Invalid value for attribute: CustomUserData: must be at most ${MAX_USER_DATA_BYTES} bytes long in UTF-8 encoding`,
      );
    }
    if (name === 'Token' && value === '') {
      throw invalidParameter(
        'Attributes Reason: Invalid value for attribute: Token: cannot be empty',
      );
    }
    if (name !== 'Enabled') return [name, value];
    if (!/^(?:true|false)$/i.test(value)) {
      throw invalidParameter(
        'Attributes Reason: Invalid value for attribute: Enabled: must be true or false',
      );
    }
    return [name, value.toLowerCase()];
  });
}

function sameAttributes(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>) {
  return [...SETTABLE].every((name) => (one.get(name) ?? '') === (other.get(name) ?? ''));
}

/** Deleting what isn't there is no error. https://docs.aws.amazon.com/sns/latest/api/API_DeleteEndpoint.html */
export function deleteEndpoint(
  { EndpointArn: arn = '' }: DeleteEndpointInput,
  ctx: SnsContext,
): object {
  checkArn(arn, 'endpoint', 'EndpointArn');
  authorizeOwner(ctx, arn, 'DeleteEndpoint');
  ctx.state.platform.dropEndpoint(arn);
  return {};
}

/** https://docs.aws.amazon.com/sns/latest/api/API_GetEndpointAttributes.html */
export function getEndpointAttributes(
  { EndpointArn: arn = '' }: GetEndpointAttributesInput,
  ctx: SnsContext,
): GetEndpointAttributesResponse {
  const { attributes } = endpointFor(ctx, arn, 'GetEndpointAttributes');
  return { Attributes: Object.fromEntries(attributes) };
}

/** https://docs.aws.amazon.com/sns/latest/api/API_SetEndpointAttributes.html */
export function setEndpointAttributes(
  { EndpointArn: arn = '', Attributes = {} }: SetEndpointAttributesInput,
  ctx: SnsContext,
): object {
  const endpoint = endpointFor(ctx, arn, 'SetEndpointAttributes');
  for (const [name, value] of checked(Attributes)) endpoint.attributes.set(name, value);
  ctx.state.platform.keepEndpoint(endpoint);
  return {};
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ListEndpointsByPlatformApplication.html */
export function listEndpointsByPlatformApplication(
  { PlatformApplicationArn = '', NextToken }: ListEndpointsByPlatformApplicationInput,
  ctx: SnsContext,
): ListEndpointsByPlatformApplicationResponse {
  const { arn } = applicationFor(ctx, PlatformApplicationArn, 'ListEndpointsByPlatformApplication');
  const own = [...ctx.state.platform.endpoints.values()].filter(
    ({ applicationArn }) => applicationArn === arn,
  );
  const { items, ...next } = page(own, NextToken);
  const Endpoints = items.map((each) => ({
    EndpointArn: each.arn,
    Attributes: Object.fromEntries(each.attributes),
  }));
  return { Endpoints, ...next };
}
