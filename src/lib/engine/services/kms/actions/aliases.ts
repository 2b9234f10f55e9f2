import type {
  AliasListEntry,
  CreateAliasRequest,
  DeleteAliasRequest,
  ListAliasesRequest,
  ListAliasesResponse,
} from '@aws-sdk/client-kms';
import { ServiceError } from '../../../errors.ts';
import type { KmsContext } from '../context.ts';
import { invalid, invalidState, notFound } from '../errors.ts';
import { keyFor } from '../lookup.ts';
import { MANAGED_ALIASES } from '../managed-keys.ts';
import { pageOf } from '../pages.ts';
import { type Alias, dropAlias, keyByArn, storeAlias } from '../state.ts';

const NAME = /^alias\/[a-zA-Z0-9/_-]+$/;
const MAX_NAME = 256;
/** Names that only AWS gives. */
const RESERVED = 'alias/aws/';

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html */
export function createAlias(input: CreateAliasRequest, ctx: KmsContext): void {
  const { AliasName: name = '', TargetKeyId = '' } = input;
  checkName(name);
  const { state: kms, clock } = ctx;
  const key = keyFor(ctx, TargetKeyId, 'CreateAlias');
  if (key.deletionAt !== undefined) throw invalidState(key.arn, 'pending deletion');
  const arn = aliasArn(ctx, name);
  const existing = kms.aliases.get(arn);
  if (existing !== undefined && keyByArn(kms, existing.keyArn) !== undefined) {
    throw new ServiceError(
      'AlreadyExistsException',
      `An alias with the name ${arn} already exists`,
    );
  }
  storeAlias(kms, { name, arn, keyArn: key.arn, createdAt: clock.timestamp() });
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteAlias.html */
export function deleteAlias({ AliasName: name = '' }: DeleteAliasRequest, ctx: KmsContext): void {
  checkName(name);
  const arn = aliasArn(ctx, name);
  const alias = ctx.state.aliases.get(arn);
  if (alias === undefined) throw notFound(`Alias ${arn} is not found.`);
  dropAlias(ctx.state, alias);
}

/**
 * The aliases that AWS reserves for its managed keys are in every list; one whose key doesn't exist yet has no
 * `TargetKeyId`.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html
 */
export function listAliases(input: ListAliasesRequest, ctx: KmsContext): ListAliasesResponse {
  const { state: kms } = ctx;
  const wanted =
    input.KeyId === undefined ? undefined : keyFor(ctx, input.KeyId, 'ListAliases').arn;
  const prefix = aliasArn(ctx, '');
  const found = [...kms.aliases.values()].filter(
    ({ arn, keyArn }) =>
      arn.startsWith(prefix) &&
      keyByArn(kms, keyArn) !== undefined &&
      (wanted === undefined || keyArn === wanted),
  );
  const entries = found.map(entryOf);
  if (wanted === undefined) {
    for (const name of MANAGED_ALIASES) {
      if (kms.aliases.has(prefix + name)) continue;
      entries.push({ AliasName: name, AliasArn: prefix + name });
    }
  }
  entries.sort((a, b) => ((a.AliasName ?? '') < (b.AliasName ?? '') ? -1 : 1));
  const { items, ...page } = pageOf(entries, { ...input, usual: 50 });
  return { Aliases: [...items], ...page };
}

function entryOf({ name, arn, keyArn, createdAt }: Alias): AliasListEntry {
  return {
    AliasName: name,
    AliasArn: arn,
    TargetKeyId: keyArn.slice(keyArn.indexOf('/') + 1),
    CreationDate: new Date(createdAt),
    LastUpdatedDate: new Date(createdAt),
  };
}

function checkName(name: string): void {
  if (name.length > MAX_NAME) {
    throw invalid(`Alias names have at most ${MAX_NAME} characters`);
  }
  if (!name.startsWith('alias/')) throw invalid('Alias must start with the prefix "alias/"');
  if (!NAME.test(name) || name.startsWith(RESERVED)) {
    throw new ServiceError('InvalidAliasNameException', `${name} is not a valid alias name`);
  }
}

function aliasArn({ account, region }: KmsContext, name: string): string {
  return `arn:aws:kms:${region}:${account}:${name}`;
}
