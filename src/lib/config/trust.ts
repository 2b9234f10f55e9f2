import { lstatSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../rules/errors.ts';
import type { Env } from './folders.ts';
import { replaceFile } from './replace-file.ts';

/** Name of the file in the configuration folder that keeps what the user agreed to. */
export const TRUST_FILE = 'trusted.json';

/** What a project's file decides that the user agrees to once: where requests go, and whose keys sign them. */
export interface Destination {
  readonly target?: string | undefined;
  readonly endpointUrl?: string | undefined;
  readonly profile?: string | undefined;
}

/** What the user agreed to, by the file's path. */
interface Trusted {
  readonly owner: number | null;
  readonly destination: string;
}

/** The user id that owns a file, and that of the link that leads there where it is one. */
function ownersOf(path: string): number[] {
  const link = lstatSync(path).uid;
  try {
    return [...new Set([statSync(path).uid, link])];
  } catch {
    // A link that leads nowhere; reading it says so.
    return [link];
  }
}

/**
 * Refuses a project's file that another user owns, as git refuses such a repository: it would decide where requests go.
 * Under `sudo` the files of who called it count as one's own.
 * @throws AppError `ForeignFile` (exit 2), unless the user trusts it.
 */
export function assertOwnFile(path: string, env: Env, configDir: string): void {
  const user = process.geteuid?.();
  if (user === undefined) return;
  const own = new Set([user, ...(user === 0 && env.SUDO_UID ? [Number(env.SUDO_UID)] : [])]);
  const foreign = ownersOf(path).find((owner) => !own.has(owner));
  if (foreign === undefined || readTrusted(configDir)[path]?.owner === foreign) return;
  throw usageError(
    `${path} belongs to another user (uid ${foreign}), so it is not read.`,
    `Look at it. If you trust it, run: pubsub trust ${path}`,
    'ForeignFile',
  );
}

/** Whether the user agreed to where a file sends requests, as it says it now. */
export function isTrusted(path: string, destination: Destination, configDir: string): boolean {
  return readTrusted(configDir)[path]?.destination === written(destination);
}

/** Keeps that the user trusts a file: its owner, and where it sends requests. @throws AppError `UnwritableFile`. */
export function trust(path: string, destination: Destination, configDir: string): void {
  const file = join(configDir, TRUST_FILE);
  const [owner = null] = ownersOf(path).filter((each) => each !== process.geteuid?.());
  const next = { ...readTrusted(configDir), [path]: { owner, destination: written(destination) } };
  writeTrusted(file, next);
}

/** Takes the word back. @returns whether there was one. */
export function revokeTrust(path: string, configDir: string): boolean {
  const { [path]: found, ...others } = readTrusted(configDir);
  if (found === undefined) return false;
  const file = join(configDir, TRUST_FILE);
  writeTrusted(file, others);
  return true;
}

function writeTrusted(file: string, trusted: object): void {
  replaceFile(file, `${JSON.stringify(trusted, undefined, 2)}\n`, 0o600);
}

function written({ target, endpointUrl, profile }: Destination): string {
  return JSON.stringify([target ?? null, endpointUrl ?? null, profile ?? null]);
}

/** Nothing is trusted where the file is missing or damaged: the user is asked again. */
function readTrusted(configDir: string): Readonly<Record<string, Trusted | undefined>> {
  try {
    const value: unknown = JSON.parse(readFileSync(join(configDir, TRUST_FILE), 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
