import type { ResourcePolicy } from '../rules/policy/index.ts';
import { parseSessionPolicy } from './permissions/session-policy.ts';
import type { Session, StsState } from './services/sts/state.ts';

/** Who calls, as the request's credentials say. The engine checks no signature: every key is taken. */
export interface Identity {
  readonly accessKeyId: string;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** The service that the request was signed for; empty for an unsigned request. */
  readonly service: string;
  readonly principalArn: string;
  /** The caller's unique id. */
  readonly userId: string;
  /** When temporary keys stop being good, in milliseconds of the engine's time; infinite for others. */
  readonly expires: number;
  /** What restricts the caller's session; absent where nothing does. */
  readonly policy?: ResourcePolicy;
}

export const DEFAULT_ACCOUNT = '000000000000';
export const DEFAULT_REGION = 'us-east-1';

const TWELVE_DIGITS = /^\d{12}$/;
const REGION = /^[a-z0-9-]{1,40}$/;

/** Remembered at most: a key, day, region and service make one. */
const CACHED = 1000;

/**
 * Reads callers out of `Authorization` headers (`AWS4-HMAC-SHA256 Credential=<key>/<day>/<region>/<service>/…`).
 * The account is the access key id when that has twelve digits, else 000000000000; temporary keys that the engine
 * gave out belong to the account of their role.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function identityReader(sts: StsState): (authorization: string | undefined) => Identity {
  const cache = new Map<string, Identity>();
  const anonymous = identify('', sts);
  return (authorization) => {
    if (authorization === undefined) return anonymous;
    const start = authorization.indexOf('Credential=');
    if (start < 0) return anonymous;
    const comma = authorization.indexOf(',', start);
    const credential = authorization.slice(start + 11, comma < 0 ? undefined : comma);
    let identity = cache.get(credential);
    if (identity === undefined) {
      if (cache.size >= CACHED) cache.clear();
      identity = identify(credential, sts);
      cache.set(credential, identity);
    }
    return identity;
  };
}

function identify(credential: string, sts: StsState): Identity {
  const [accessKeyId = '', , scopeRegion = '', service = ''] = credential.split('/');
  const region = REGION.test(scopeRegion) ? scopeRegion : DEFAULT_REGION;
  const session: Session | undefined = sts.session(accessKeyId);
  if (session !== undefined) {
    const { account, arn: principalArn, userId, expires } = session;
    const policy =
      session.policy === undefined ? {} : { policy: parseSessionPolicy(session.policy) };
    return { accessKeyId, account, region, service, principalArn, userId, expires, ...policy };
  }
  const account = TWELVE_DIGITS.test(accessKeyId) ? accessKeyId : DEFAULT_ACCOUNT;
  const principalArn = `arn:aws:iam::${account}:root`;
  return {
    accessKeyId,
    account,
    region,
    service,
    principalArn,
    userId: account,
    expires: Number.POSITIVE_INFINITY,
  };
}
