import { parsePolicy } from '../../../rules/policy/index.ts';
import type { EngineParts } from '../../parts.ts';
import type { Key } from './key.ts';

/** Another name of a key. */
export interface Alias {
  /** `alias/…` */
  readonly name: string;
  readonly arn: string;
  readonly keyArn: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** Everything KMS keeps. ARNs hold account and region, so that one of each map serves all of them. */
export interface KmsState {
  readonly parts: EngineParts;
  /** By ARN. */
  readonly keys: Map<string, Key>;
  /** By ARN. */
  readonly aliases: Map<string, Alias>;
}

const TABLES = { keys: 'kms.keys', aliases: 'kms.aliases' } as const;

/** A key in the journal. */
type StoredKey = Omit<Key, 'policy' | 'deletionAt'> & { readonly deletionAt: number | null };

/** The state that the journal holds; empty at the first start. */
export function createKmsState(parts: EngineParts): KmsState {
  const state: KmsState = { parts, keys: new Map(), aliases: new Map() };
  for (const { value } of parts.journal.entries(TABLES.keys)) {
    const stored = value as StoredKey;
    const deletionAt = stored.deletionAt ?? undefined;
    state.keys.set(stored.arn, { ...stored, deletionAt, policy: parsePolicy(stored.policyText) });
  }
  for (const { value } of parts.journal.entries(TABLES.aliases)) {
    const alias = value as Alias;
    state.aliases.set(alias.arn, alias);
  }
  return state;
}

/** Makes a key known, or writes what changed of it. */
export function storeKey(state: KmsState, key: Key): void {
  const { policy, ...rest } = key;
  const stored: StoredKey = { ...rest, deletionAt: key.deletionAt ?? null };
  state.keys.set(key.arn, key);
  state.parts.journal.put(TABLES.keys, key.arn, stored);
}

/** Makes an alias known. */
export function storeAlias(state: KmsState, alias: Alias): void {
  state.aliases.set(alias.arn, alias);
  state.parts.journal.put(TABLES.aliases, alias.arn, alias);
}

/** Forgets an alias. */
export function dropAlias(state: KmsState, alias: Alias): void {
  state.aliases.delete(alias.arn);
  state.parts.journal.remove(TABLES.aliases, alias.arn);
}

/**
 * The key of that ARN, in whichever account. One whose waiting period is over is forgotten here, with its aliases: keys
 * are few, and nobody sees one but through this.
 */
export function keyByArn(state: KmsState, arn: string): Key | undefined {
  const key = state.keys.get(arn);
  if (key?.deletionAt === undefined || key.deletionAt > state.parts.clock.now()) return key;
  state.keys.delete(arn);
  state.parts.journal.remove(TABLES.keys, arn);
  for (const alias of state.aliases.values()) if (alias.keyArn === arn) dropAlias(state, alias);
  return undefined;
}
