import { AppError, EXIT } from '../rules/errors.ts';
import { REGIONS } from '../rules/regions.ts';
import { type TlsPeer, tlsProblem } from './tls-problem.ts';

/** What an SDK call failed with, as far as it can be told without reading its text. */
interface SdkFailure {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  /** Of an error of the system, such as `getaddrinfo`. */
  readonly syscall?: string;
  readonly $fault?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/** Names of errors that mean: the caller is not who it must be (SDK and service models). */
const CREDENTIAL_ERRORS = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'InvalidAccessKeyId',
  'TokenRefreshRequired',
  'AccessKeyNotFound',
  'AuthFailure',
]);
const DENIED_ERRORS = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'KMSAccessDeniedException',
  'KmsAccessDenied',
  'UnauthorizedOperation',
]);
const UNREACHABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EPROTO',
]);

/** Names that the SDK gives to an answer it can't read; an error of AWS has a name of its own. */
const UNREADABLE_ANSWERS = new Set(['Error', 'SyntaxError', 'Unknown', 'UnknownError']);

/** Where a call was going, for the words of an error. */
export interface CallTarget {
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly kind: 'local' | 'endpoint' | 'aws';
  readonly profile?: string | undefined;
  /** The proxy that https goes through. */
  readonly proxy?: string | undefined;
  /** The file of the certificates that are trusted in place of Node's own. */
  readonly caBundle?: string | undefined;
}

/** Whether a failure has one of these SDK error names (never matched by text, which AWS changes). */
export function isSdkError(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

/** Whether nobody answered at all: connection refused, reset, timed out, or a name that doesn't resolve. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, name, syscall } = error as SdkFailure;
  return UNREACHABLE_CODES.has(code ?? '') || name === 'TimeoutError' || syscall === 'getaddrinfo';
}

/**
 * Turns what an SDK call threw into a sentence with a cure.
 * @param what the call as a clause, such as `create queue "payments-ledger-queue"`.
 */
export function toAppError(error: unknown, what: string, target: CallTarget): AppError {
  if (error instanceof AppError) return error;
  const failure = error as SdkFailure;
  const { proxy, caBundle } = target;
  const tls = tlsFailure(error, what, { place: placeOf(target), proxy, caBundle });
  if (tls !== undefined) return tls;
  if (isUnreachable(error)) return unreachable(failure, what, target);
  if (CREDENTIAL_ERRORS.has(failure.name)) return badCredentials(failure, what, target);
  if (DENIED_ERRORS.has(failure.name)) {
    return new AppError({
      code: 'AccessDenied',
      message: `Not allowed to ${what}: ${sentence(failure.message)}`,
      hint: 'See who you are with: pubsub whoami',
      exitCode: EXIT.denied,
      cause: error,
    });
  }
  if (failure?.$metadata && UNREADABLE_ANSWERS.has(failure.name)) {
    return unreadableAnswer(failure.$metadata, what, target, failure);
  }
  if (typeof failure?.name === 'string' && failure.$metadata) {
    return new AppError({
      code: failure.name,
      message: `Could not ${what}: ${sentence(failure.message || failure.name)}`,
      cause: error,
    });
  }
  throw error;
}

function placeOf({ endpoint, region }: CallTarget): string {
  return endpoint ?? `AWS in ${region}`;
}

/** The failure of a call, or of credentials for it, that no encrypted connection came to be for; undefined for others. */
export function tlsFailure(error: unknown, what: string, peer: TlsPeer): AppError | undefined {
  const found = tlsProblem(error, peer);
  if (found === undefined) return undefined;
  const { reason, hint } = found;
  return new AppError({
    code: 'TlsFailed',
    message: `Could not ${what}: ${reason}.`,
    hint,
    cause: error,
  });
}

function unreachable(failure: SdkFailure, what: string, target: CallTarget): AppError {
  const known = (REGIONS as readonly string[]).includes(target.region);
  if (target.kind === 'aws' && failure.code === 'ENOTFOUND' && !known) {
    return new AppError({
      code: 'UnknownRegion',
      message: `Could not ${what}: AWS has no endpoint in region "${target.region}".`,
      hint: 'Check --region or AWS_REGION.',
      exitCode: EXIT.usage,
      cause: failure,
    });
  }
  const place = placeOf(target);
  const isProxied = target.proxy !== undefined && !place.startsWith('http:');
  const where = isProxied ? `${place}, through the proxy ${target.proxy}` : place;
  return new AppError({
    code: 'EndpointUnreachable',
    message: `Could not ${what}: nothing answers at ${where}${failure.code ? ` (${failure.code})` : ''}.`,
    hint:
      target.kind === 'local'
        ? 'Start the engine with: pubsub local start'
        : target.kind === 'aws'
          ? `Check ${isProxied ? 'HTTPS_PROXY and NO_PROXY' : 'the network'}, or try without an account: --target local`
          : 'Check the URL and that the server runs, or use the local engine: --target local, without --endpoint-url.',
    cause: failure,
  });
}

/**
 * The failure of a call that was answered, but not as AWS does: another server has the port, or a page of a proxy came.
 * @param what as for `toAppError`
 * @param cause what reading the answer failed with, if it did
 */
export function unreadableAnswer(
  { httpStatusCode: status }: NonNullable<SdkFailure['$metadata']>,
  what: string,
  target: CallTarget,
  cause?: SdkFailure,
): AppError {
  const how = status === undefined ? 'not in HTTP' : `HTTP ${status}`;
  const place = placeOf(target);
  return new AppError({
    code: 'UnreadableAnswer',
    message: `Could not ${what}: ${place} answers, but not as AWS does (${how}).`,
    hint:
      target.kind === 'aws'
        ? 'A proxy or a gateway may have answered. Try again, and check HTTPS_PROXY.'
        : `Check the URL: something else may listen there. Look with: curl -i ${place}`,
    cause,
  });
}

/** Statuses, besides 2xx, of a server of some AWS API that has no STS, and says so in words of its own. */
const UNKNOWN_CALL_STATUSES = new Set([400, 404, 405, 500, 501]);

/** Failures of calls that no server has read. */
const UNREAD = new Set(['EndpointUnreachable', 'TlsFailed', 'ProxyRefused']);

/**
 * Whether a server answered that may not know the call. A refusal of the caller, a gateway, a login page and another
 * protocol say that it is another server.
 */
export function isUnknownCall({ code, cause, exitCode }: AppError): boolean {
  if (UNREAD.has(code) || exitCode === EXIT.denied) return false;
  if (code !== 'UnreadableAnswer') return true;
  const status = (cause as SdkFailure).$metadata?.httpStatusCode;
  return status !== undefined && (status < 300 || UNKNOWN_CALL_STATUSES.has(status));
}

function badCredentials(failure: SdkFailure, what: string, target: CallTarget): AppError {
  const login = target.profile ? `aws sso login --profile ${target.profile}` : 'aws sso login';
  const expired =
    failure.name.startsWith('ExpiredToken') || failure.name === 'TokenRefreshRequired';
  const missing = failure.name === 'CredentialsProviderError';
  return new AppError({
    code: expired ? 'ExpiredCredentials' : missing ? 'MissingCredentials' : 'InvalidCredentials',
    message: expired
      ? `Could not ${what}: the AWS credentials have expired.`
      : missing
        ? `Could not ${what}: no AWS credentials were found${target.profile ? ` for profile "${target.profile}"` : ''}.`
        : `Could not ${what}: AWS does not accept these credentials (${failure.name}).`,
    hint: `Log in with: ${login}   or try without an account: --target local`,
    exitCode: EXIT.denied,
    cause: failure,
  });
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
