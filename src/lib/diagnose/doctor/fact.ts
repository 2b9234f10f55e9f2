import { AppError } from '../../rules/errors.ts';

/** What one reading brought: a value, that the thing isn't there, or why nobody can tell. */
export type Fact<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'absent'; readonly what: string }
  /** The caller may not look. */
  | {
      readonly kind: 'denied';
      /** The IAM permission that is missing, such as `sqs:GetQueueAttributes`. */
      readonly permission: string;
      /** ARN or name of what it is missing on. */
      readonly on: string;
    }
  /** The target couldn't answer, for a reason of its own. */
  | { readonly kind: 'failed'; readonly because: string }
  /** Nobody looked, because something it belongs to isn't there. */
  | { readonly kind: 'unread'; readonly because: string };

/** A fact that is known. */
export function factOf<T>(value: T): Fact<T> {
  return { kind: 'value', value };
}

/** A fact that nobody looked for. @param because such as `there is no topic`. */
export function unread(because: string): Fact<never> {
  return { kind: 'unread', because };
}

/** The known value; undefined for any other kind of fact. */
export function known<T>(fact: Fact<T>): T | undefined {
  return fact.kind === 'value' ? fact.value : undefined;
}

/** A fact whose absence is something to work with, rather than nothing to look at: absent becomes undefined. */
export function orAbsent<T>(fact: Fact<T>): Fact<T | undefined> {
  return fact.kind === 'absent' ? factOf(undefined) : fact;
}

/** Goes on from a known value; what isn't known stays as it is. */
export async function andThen<A, B>(
  fact: Fact<A>,
  next: (value: A) => Promise<Fact<B>>,
): Promise<Fact<B>> {
  return fact.kind === 'value' ? next(fact.value) : fact;
}

/** Failures that end the whole reading: nobody answers, or nobody knows the caller. */
const FATAL: readonly string[] = [
  'EndpointUnreachable',
  'TlsFailed',
  'ProxyRefused',
  'UnreadableAnswer',
  'UnknownRegion',
  'ExpiredCredentials',
  'MissingCredentials',
  'InvalidCredentials',
];

/**
 * Reads one thing.
 * @param need the IAM permission that the call takes, and on what; `what` is a shorter word for that.
 * @param read gives undefined where the thing isn't there.
 * @throws AppError when nobody answers or the credentials are no good: then nothing else can be read either.
 */
export async function readFact<T>(
  need: { readonly permission: string; readonly on: string; readonly what?: string },
  read: () => Promise<T | undefined>,
): Promise<Fact<T>> {
  try {
    const value = await read();
    return value === undefined ? { kind: 'absent', what: need.what ?? need.on } : factOf(value);
  } catch (error) {
    if (!(error instanceof AppError) || FATAL.includes(error.code)) throw error;
    if (error.code === 'AccessDenied') {
      return { kind: 'denied', permission: need.permission, on: need.on };
    }
    return { kind: 'failed', because: error.message };
  }
}
