import { usageError } from '../../rules/errors.ts';

// What an engine's options may be: of flags, and of `startEngine`.

/** Addresses that only this machine reaches. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** @param host that an engine listens on; 127.0.0.1 where it is undefined */
export function isReachedByOthers(host: string | undefined): boolean {
  return host !== undefined && !LOOPBACK.test(host);
}

/** Whether a text is a name that clients may call an engine by: without a port, `*.example.test` for all below. */
export function isClientName(text: string): boolean {
  return /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(text);
}

const HTTP_HOST = /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** Whether a text is a host that HTTP subscriptions may lead to: a name or an address, with a port or without. */
export function isHttpHost(text: string): boolean {
  return HTTP_HOST.test(text);
}

/** How an engine that others may reach is guarded. */
export interface Guarding {
  readonly host?: string | undefined;
  readonly token?: string | undefined;
  readonly allowAnyone?: boolean | undefined;
}

/**
 * Refuses a token that would guard nothing.
 * @param words how the caller's options are written; `open` is one that lets others reach the engine
 * @throws AppError (exit 2) for one where only this machine reaches the engine, or beside the word that anyone may
 */
export function assertTokenGuards(
  { host, token, allowAnyone }: Guarding,
  words: { readonly token: string; readonly allowAnyone: string; readonly open: string },
): void {
  if (token === undefined) return;
  if (!isReachedByOthers(host)) {
    throw usageError(
      `${words.token} guards an engine that others reach; this one answers this machine only, without a token.`,
      `Leave ${words.token} out, or add ${words.open}`,
    );
  }
  if (allowAnyone) {
    throw usageError(
      `${words.token} and ${words.allowAnyone} contradict each other: who may call without a token needs none.`,
      'Leave one of them out',
    );
  }
}

/**
 * The token that an engine asks for: none where only this machine reaches it, or anyone may.
 * @throws AppError (exit 2) for an address that others reach, with neither a token nor the word that anyone may
 */
export function tokenFor(
  { host, token, allowAnyone }: Guarding,
  words: { readonly host: string; readonly hint: string },
): string | undefined {
  if (!isReachedByOthers(host) || allowAnyone) return undefined;
  if (token) return token;
  throw usageError(
    `${words.host} lets others reach the engine: it needs a token, or your word that anyone may.`,
    words.hint,
  );
}
