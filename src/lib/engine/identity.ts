import type { NamedIdentity } from '../rules/identities.ts';
import { type ResourcePolicy, roleOfSession } from '../rules/policy/index.ts';
import { parseIdentityPolicy } from './permissions/identity-policy.ts';
import type { Session, StsState } from './services/sts/state.ts';
import { roleId, userId } from './services/sts/unique-ids.ts';

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
  /** The ARN, without its path, of the role whose session this is; absent for anybody else. */
  readonly role?: string;
  /** What restricts the caller's session; absent where nothing does. */
  readonly policy?: ResourcePolicy;
}

export const DEFAULT_ACCOUNT = '000000000000';
export const DEFAULT_REGION = 'us-east-1';

const TWELVE_DIGITS = /^\d{12}$/;
const REGION = /^[a-z0-9-]{1,40}$/;

/** Remembered at most: a key, day, region and service make one. */
const CACHED = 1000;

/** What a request says of its caller. */
export interface SignedRequest {
  readonly url?: string | undefined;
  readonly headers: { readonly authorization?: string | undefined };
}

/**
 * Reads callers out of requests' credentials (`<key>/<day>/<region>/<service>/aws4_request`), which stand in the
 * `Authorization` header or, for a presigned request, in its URL. The account is the access key id when that has twelve
 * digits, else 000000000000; temporary keys that the engine gave out belong to the account of their role, and keys that
 * `named` tells of to whom it says.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function identityReader(
  sts: StsState,
  named: readonly NamedIdentity[] = [],
): (request: SignedRequest) => Identity {
  const cache = new Map<string, Identity>();
  const identify = (credential: string) => readCredential(credential, sts, named);
  return (request) => {
    const credential = credentialOf(request);
    let identity = cache.get(credential);
    if (identity === undefined) {
      if (cache.size >= CACHED) cache.clear();
      identity = identify(credential);
      cache.set(credential, identity);
    }
    return identity;
  };
}

const IN_HEADER = 'Credential=';
const IN_URL = 'X-Amz-Credential=';

/** The request's credential; empty where it isn't signed. */
function credentialOf({ url = '', headers: { authorization } }: SignedRequest): string {
  if (authorization !== undefined) {
    const start = authorization.indexOf(IN_HEADER);
    if (start < 0) return '';
    const comma = authorization.indexOf(',', start);
    return authorization.slice(start + IN_HEADER.length, comma < 0 ? undefined : comma).trim();
  }
  const start = url.indexOf(IN_URL, url.indexOf('?') + 1);
  if (start < 0) return '';
  const end = url.indexOf('&', start);
  return unescapeUrl(url.slice(start + IN_URL.length, end < 0 ? undefined : end));
}

function unescapeUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

function readCredential(
  credential: string,
  sts: StsState,
  named: readonly NamedIdentity[],
): Identity {
  const [accessKeyId = '', , scopeRegion = '', service = ''] = credential.split('/');
  const region = REGION.test(scopeRegion) ? scopeRegion : DEFAULT_REGION;
  const session: Session | undefined = sts.session(accessKeyId);
  if (session !== undefined) {
    const { account, arn: principalArn, userId, expires } = session;
    const policy =
      session.policy === undefined ? {} : { policy: parseIdentityPolicy(session.policy) };
    const of = { accessKeyId, account, region, service, principalArn, userId, expires };
    return { ...of, ...roleOf(principalArn), ...policy };
  }
  const expires = Number.POSITIVE_INFINITY;
  const owner = ownerOf(accessKeyId, named);
  return { accessKeyId, region, service, expires, ...owner, ...roleOf(owner.principalArn) };
}

function roleOf(principalArn: string): Pick<Identity, 'role'> {
  const role = roleOfSession(principalArn);
  return role === undefined ? {} : { role };
}

/** Whose a key is that the engine didn't give out. */
function ownerOf(
  key: string,
  named: readonly NamedIdentity[],
): Pick<Identity, 'account' | 'principalArn' | 'userId'> {
  const isAccount = TWELVE_DIGITS.test(key);
  const own =
    named.find(({ accessKeyId }) => accessKeyId === key) ??
    (isAccount ? undefined : named.find(({ accessKeyId }) => accessKeyId === undefined));
  if (own !== undefined) {
    return { account: own.account, principalArn: own.arn, userId: uniqueId(own) };
  }
  const account = isAccount ? key : DEFAULT_ACCOUNT;
  return { account, principalArn: `arn:aws:iam::${account}:root`, userId: account };
}

function uniqueId({ account, idOf, session }: NamedIdentity): string {
  if (idOf === undefined) return account;
  return idOf.kind === 'user' ? userId(idOf.arn) : `${roleId(idOf.arn)}:${session}`;
}
