import { isUnreachable } from './errors.ts';

type SdkError = Error & {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: { readonly throttling?: boolean };
};

/** Names under which AWS asks to slow down or to wait (SQS and common errors of the API references). */
const SLOW_DOWN = new Set([
  'RequestThrottled',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'SlowDown',
  'KmsThrottled',
  'OverLimit',
]);

/** What an AppError was made of. */
function originOf(error: unknown): unknown {
  return error instanceof Error && error.name === 'AppError' ? error.cause : error;
}

/** Whether the service asked to slow down. @param error as for `isTransient` */
export function asksToSlowDown(error: unknown): boolean {
  const origin = originOf(error);
  if (!(origin instanceof Error)) return false;
  const { name, $metadata, $retryable } = origin as SdkError;
  return (
    SLOW_DOWN.has(name) || $retryable?.throttling === true || $metadata?.httpStatusCode === 429
  );
}

/**
 * Whether what a call failed with may pass by itself: nobody answered, the service asked to slow down, or it had a
 * fault of its own.
 * @param error an SDK error, or the AppError made of it.
 */
export function isTransient(error: unknown): boolean {
  const origin = originOf(error);
  if (isUnreachable(origin) || asksToSlowDown(origin)) return true;
  if (!(origin instanceof Error)) return false;
  const { $metadata, $retryable } = origin as SdkError;
  return $retryable !== undefined || ($metadata?.httpStatusCode ?? 0) >= 500;
}

/** What a connection fails with before anything was sent over it. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
]);

/**
 * Whether a request may have been carried out though it failed: it was sent, and no answer came, or one that says
 * nothing about it (a fault of the service).
 * @param error what one attempt failed with.
 */
export function mayHaveArrived(error: unknown): boolean {
  const { code, $metadata } = error as {
    code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  return status === undefined ? !NOT_CONNECTED.has(code ?? '') : status >= 500;
}
