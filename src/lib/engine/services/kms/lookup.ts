import { authorize } from './authorize.ts';
import type { KmsContext } from './context.ts';
import { invalidArn, notFound } from './errors.ts';
import type { Key } from './key.ts';
import { managedKey } from './managed-keys.ts';
import { type KmsState, keyByArn } from './state.ts';

const ARN = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):(\d{12}):(key\/[^/]+|alias\/.+)$/;

/** Where a name without account and region is looked for. */
interface Place {
  readonly account: string;
  readonly region: string;
}

/** The key that a key id, key ARN, alias name or alias ARN names; undefined when there is none. */
export function findKey(state: KmsState, id: string, place: Place): Key | undefined {
  const [, region, account, resource] = ARN.exec(id) ?? [];
  if (region === undefined || account === undefined || resource === undefined) {
    if (id.startsWith('alias/')) return byAlias(state, id, place);
    return keyByArn(state, keyArn(place, id));
  }
  const named = { account, region };
  if (resource.startsWith('alias/')) return byAlias(state, resource, named);
  return keyByArn(state, keyArn(named, resource.slice('key/'.length)));
}

function byAlias(state: KmsState, name: string, { account, region }: Place): Key | undefined {
  const alias = state.aliases.get(`arn:aws:kms:${region}:${account}:${name}`);
  if (alias !== undefined) return keyByArn(state, alias.keyArn);
  return managedKey(state, name, account, region);
}

function keyArn({ account, region }: Place, id: string): string {
  return `arn:aws:kms:${region}:${account}:key/${id}`;
}

/**
 * The key that a request names, for an action that the key's policy allows the caller. Most actions take a key's id or
 * ARN only; `aliases` says which take more.
 *
 * @throws ServiceError `NotFoundException`, `InvalidArnException`, `AccessDeniedException`
 */
export function keyFor(
  ctx: KmsContext,
  id: string,
  action: string,
  options: { readonly aliases?: boolean } = {},
): Key {
  if (id.startsWith('arn:')) {
    const [, region] = ARN.exec(id) ?? [];
    if (region === undefined) throw invalidArn(id);
    if (region !== ctx.region) throw notFound(`Invalid arn ${region}`);
  }
  const isAlias = id.startsWith('alias/') || id.includes(':alias/');
  if (isAlias && options.aliases !== true) {
    throw id.startsWith('arn:') ? invalidArn(id) : notFound(`Invalid keyId ${id}`);
  }
  const key = findKey(ctx.state, id, ctx);
  if (key === undefined) throw notFound(missing(ctx, id, isAlias));
  authorize(ctx, key, action);
  return key;
}

function missing(ctx: KmsContext, id: string, isAlias: boolean): string {
  const prefix = `arn:aws:kms:${ctx.region}:${ctx.account}:`;
  if (isAlias) return `Alias ${id.startsWith('arn:') ? id : prefix + id} is not found.`;
  return `Key '${id.startsWith('arn:') ? id : `${prefix}key/${id}`}' does not exist`;
}
