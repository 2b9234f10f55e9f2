import { PROXY_RANGES, readProxies } from '../../lib/http/trusted-proxies.ts';
import { SERVER_DEFAULTS } from '../../lib/orders/server-defaults.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { parseDuration } from '../../lib/rules/text/duration.ts';
import type { TopicFlag } from '../topology.ts';
import { readWholeNumber } from '../whole-number.ts';

/** Flags of `pubsub serve` as commander gives them. */
export interface ServeFlags extends TopicFlag {
  readonly port?: string;
  readonly host?: string;
  readonly token?: string;
  readonly allowUnauthenticated?: boolean;
  readonly rateLimit?: string;
  readonly bodyLimit?: string;
  readonly databaseUrl?: string;
  readonly keep?: string;
  readonly trustProxy?: string | true | undefined;
}

/** What `pubsub serve` is to do. */
export interface ServeRequest {
  readonly port: number;
  readonly host: string;
  /** Whether only this machine can reach the server. */
  readonly loopback: boolean;
  /** Addresses and ranges of proxies whose word on the client is taken; none where it is empty. */
  readonly trustedProxies: readonly string[];
  readonly token: string | undefined;
  readonly rateLimit: number;
  readonly bodyLimit: number;
  readonly databaseUrl: string | undefined;
  /** Seconds for which delivered events are kept; undefined for what is usual. */
  readonly keepSeconds: number | undefined;
}

/** Bytes that `--body-limit` may be: an order has to fit, and a body is kept in memory. */
export const BODY_LIMITS = { least: 1024, most: 10_485_760 } as const;
/** Requests a second that `--rate-limit` may be at the most. */
export const MAX_RATE_LIMIT = 1_000_000;

/**
 * Reads the flags and the environment.
 * @throws AppError (exit 2); `TokenNeeded` where others could reach a server that asks nobody who they are
 */
export function readServeRequest(
  flags: ServeFlags,
  env: Readonly<Record<string, string | undefined>>,
): ServeRequest {
  const host = flags.host ?? (env.HOST || SERVER_DEFAULTS.host);
  const trustedProxies = proxiesOf(flags.trustProxy);
  // Who reaches a proxy reaches the server behind it.
  const loopback = isLoopbackAddress(host) && trustedProxies.length === 0;
  const token = flags.token ?? (env.PUBSUB_API_TOKEN || undefined);
  if (token !== undefined && !/^[!-~]{1,4096}$/.test(token)) {
    throw usageError(
      'The token must be visible ASCII characters without spaces.',
      'Make one with: openssl rand -hex 32',
      'InvalidToken',
    );
  }
  if (!loopback && token === undefined && !flags.allowUnauthenticated) {
    const from =
      flags.host === undefined && env.HOST ? ' (from the environment variable HOST)' : '';
    const reached = isLoopbackAddress(host) ? 'this server through its proxy' : `${host}${from}`;
    throw usageError(
      `Others could reach ${reached} without a token.`,
      'Set PUBSUB_API_TOKEN, or add --allow-unauthenticated.',
      'TokenNeeded',
    );
  }
  const { least, most } = BODY_LIMITS;
  return {
    host,
    loopback,
    token,
    trustedProxies,
    port: readPort(flags.port, env.PORT),
    rateLimit: wholeNumber(
      '--rate-limit',
      flags.rateLimit,
      SERVER_DEFAULTS.rateLimit,
      0,
      MAX_RATE_LIMIT,
    ),
    bodyLimit: wholeNumber('--body-limit', flags.bodyLimit, SERVER_DEFAULTS.bodyLimit, least, most),
    keepSeconds: flags.keep === undefined ? undefined : parseDuration('--keep', flags.keep),
    databaseUrl: flags.databaseUrl ?? (env.DATABASE_URL || undefined),
  };
}

function readPort(flag: string | undefined, variable: string | undefined): number {
  const [name, text] = flag === undefined ? ['PORT', variable || undefined] : ['--port', flag];
  return wholeNumber(name, text, SERVER_DEFAULTS.port, 0, 65_535);
}

/** @throws AppError (exit 2) */
function proxiesOf(flag: string | true | undefined): readonly string[] {
  if (flag === undefined) return [];
  return flag === true ? PROXY_RANGES : readProxies('--trust-proxy', flag);
}

function isLoopbackAddress(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function wholeNumber(
  flag: string,
  text: string | undefined,
  usual: number,
  least: number,
  most: number,
): number {
  if (text === undefined) return usual;
  const hint = `Use for example ${flag}${flag.startsWith('-') ? ' ' : '='}${usual}.`;
  return readWholeNumber(flag, text, [least, most], hint);
}
