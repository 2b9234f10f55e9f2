import { EFFECTIVE_DELIVERY_POLICY } from './defaults.ts';

/** How often and after how many seconds a delivery over HTTP is tried again. */
export interface RetryPolicy {
  readonly minDelayTarget: number;
  readonly maxDelayTarget: number;
  readonly numRetries: number;
  readonly numMaxDelayRetries: number;
  readonly numNoDelayRetries: number;
  readonly numMinDelayRetries: number;
  readonly backoffFunction: string;
}

interface ThrottlePolicy {
  readonly maxReceivesPerSecond?: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with a delivery policy, as it follows `DeliveryPolicy: `. */
class Fault extends Error {}

const DEFAULTS: { readonly retry: RetryPolicy; readonly request: Fields } = {
  retry: EFFECTIVE_DELIVERY_POLICY.http.defaultHealthyRetryPolicy,
  request: EFFECTIVE_DELIVERY_POLICY.http.defaultRequestPolicy,
};

/** Bounds of the retry policy's numbers ("Creating an HTTP/S delivery policy", SNS Developer Guide). */
const BOUNDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  minDelayTarget: [1, 3600],
  maxDelayTarget: [1, 3600],
  numRetries: [0, 100],
  numMaxDelayRetries: [0, 100],
  numNoDelayRetries: [0, 100],
  numMinDelayRetries: [0, 100],
};
const BACKOFF_FUNCTIONS = ['arithmetic', 'exponential', 'geometric', 'linear'];
/** "The total policy retry time for an HTTP/S endpoint cannot be greater than 3,600 seconds." */
const MAX_RETRY_SECONDS = 3600;
const CONTENT_TYPE = /^[\w.+-]+\/[\w.+-]+(?: *; *charset=[\w.-]+)?$/i;

/**
 * A topic's delivery policy in the form in which `GetTopicAttributes` shows it.
 *
 * @returns the text, or what is wrong with it as it follows `DeliveryPolicy: `
 */
export function normalTopicPolicy(text: string): { text: string } | { fault: string } {
  return checked(() => {
    const http = object(parse(text).http ?? {}, 'http');
    const healthy = retries(http.defaultHealthyRetryPolicy, 'http.defaultHealthyRetryPolicy');
    const request = requests(http.defaultRequestPolicy, 'http.defaultRequestPolicy');
    const throttle = throttles(http.defaultThrottlePolicy, 'http.defaultThrottlePolicy');
    return {
      http: {
        ...(healthy === null ? {} : { defaultHealthyRetryPolicy: healthy }),
        ...(throttle === null ? {} : { defaultThrottlePolicy: throttle }),
        disableSubscriptionOverrides: http.disableSubscriptionOverrides === true,
        ...(request === null ? {} : { defaultRequestPolicy: request }),
      },
    };
  });
}

/** A subscription's delivery policy, likewise. */
export function normalSubscriptionPolicy(text: string): { text: string } | { fault: string } {
  return checked(() => {
    const given = parse(text);
    return {
      healthyRetryPolicy: retries(given.healthyRetryPolicy, 'healthyRetryPolicy'),
      sicklyRetryPolicy: retries(given.sicklyRetryPolicy, 'sicklyRetryPolicy'),
      throttlePolicy: throttles(given.throttlePolicy, 'throttlePolicy'),
      requestPolicy: requests(given.requestPolicy, 'requestPolicy'),
      guaranteed: given.guaranteed === true,
    };
  });
}

function checked(read: () => object): { text: string } | { fault: string } {
  try {
    return { text: JSON.stringify(read()) };
  } catch (error) {
    if (error instanceof Fault) return { fault: error.message };
    throw error;
  }
}

function parse(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault('failed to parse JSON.');
  }
  if (!isObject(value)) throw new Fault('failed to parse JSON.');
  return value;
}

function retries(value: unknown, path: string): Fields | null {
  const given = optional(value, path);
  if (given === null) return null;
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    const number = given[name] ?? undefined;
    if (number === undefined) continue;
    if (typeof number !== 'number' || !Number.isInteger(number)) {
      throw new Fault(`${path}.${name} must be an integer`);
    }
    if (number < least)
      throw new Fault(`${path}.${name} must be greater than or equal to ${least}`);
    if (number > most) throw new Fault(`${path}.${name} must be less than or equal to ${most}`);
  }
  const { backoffFunction } = given;
  if (backoffFunction !== undefined && !BACKOFF_FUNCTIONS.includes(String(backoffFunction))) {
    throw new Fault(`${path}.backoffFunction must be one of ${BACKOFF_FUNCTIONS.join(', ')}`);
  }
  const policy: RetryPolicy = { ...DEFAULTS.retry, ...given };
  if (policy.minDelayTarget > policy.maxDelayTarget) {
    throw new Fault(`${path}.maxDelayTarget must be greater than or equal to minDelayTarget`);
  }
  if (retryDelays(policy).reduce((sum, delay) => sum + delay, 0) > MAX_RETRY_SECONDS) {
    throw new Fault(`${path}: the retries take more than ${MAX_RETRY_SECONDS} seconds in all`);
  }
  return given;
}

function throttles(value: unknown, path: string): Fields | null {
  const given = optional(value, path);
  const most = given?.maxReceivesPerSecond;
  if (most === undefined || (Number.isInteger(most) && Number(most) >= 1)) return given;
  throw new Fault(`${path}.maxReceivesPerSecond must be greater than or equal to 1`);
}

function requests(value: unknown, path: string): Fields | null {
  const given = optional(value, path);
  const type = given?.headerContentType;
  if (type === undefined || (typeof type === 'string' && CONTENT_TYPE.test(type))) return given;
  throw new Fault(`${path}.headerContentType must be a content type`);
}

function optional(value: unknown, path: string): Fields | null {
  if (value === undefined || value === null) return null;
  return Object.fromEntries(
    Object.entries(object(value, path)).filter(([, each]) => each !== null),
  );
}

function object(value: unknown, path: string): Fields {
  if (!isObject(value)) throw new Fault(`${path} must be an object`);
  return value;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What holds for a topic's deliveries: the system's policy with the topic's own laid over it, field by field. */
export function effectiveTopicPolicy(text: string | undefined) {
  const http: Fields = text === undefined ? {} : JSON.parse(text).http;
  const retry: RetryPolicy = { ...DEFAULTS.retry, ...(http.defaultHealthyRetryPolicy as object) };
  return {
    http: {
      defaultHealthyRetryPolicy: retry,
      ...(http.defaultThrottlePolicy === undefined
        ? {}
        : { defaultThrottlePolicy: http.defaultThrottlePolicy }),
      disableSubscriptionOverrides: http.disableSubscriptionOverrides === true,
      defaultRequestPolicy: { ...DEFAULTS.request, ...(http.defaultRequestPolicy as object) },
    },
  };
}

/** What holds for a subscription's deliveries: its own policy, where the topic lets it, over that of its topic. */
export function effectiveSubscriptionPolicy(own: string | undefined, ofTopic: string | undefined) {
  const { http } = effectiveTopicPolicy(ofTopic);
  const given: Fields =
    own === undefined || http.disableSubscriptionOverrides ? {} : JSON.parse(own);
  const retry: RetryPolicy = {
    ...http.defaultHealthyRetryPolicy,
    ...(given.healthyRetryPolicy as object | null),
  };
  return {
    healthyRetryPolicy: retry,
    sicklyRetryPolicy: given.sicklyRetryPolicy ?? null,
    throttlePolicy: (given.throttlePolicy ??
      http.defaultThrottlePolicy ??
      null) as ThrottlePolicy | null,
    requestPolicy: {
      ...http.defaultRequestPolicy,
      ...(given.requestPolicy as object | null),
    } as Fields,
    guaranteed: given.guaranteed === true,
  };
}

/**
 * The seconds to wait before each retry: at once, the shortest wait, the backoff, the longest wait ("Delivery policy
 * phases"). AWS adds some jitter; here the waits are exact.
 */
export function retryDelays(policy: RetryPolicy): number[] {
  const { numRetries, numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries } = policy;
  const { minDelayTarget: least, maxDelayTarget: most } = policy;
  const backoffs = numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries;
  const delays = [
    ...Array<number>(numNoDelayRetries).fill(0),
    ...Array<number>(numMinDelayRetries).fill(least),
    ...Array.from({ length: Math.max(0, backoffs) }, (_, index) => {
      const grown = backoffs === 1 ? 0 : growth(policy.backoffFunction, index, backoffs);
      return least + (most - least) * grown;
    }),
    ...Array<number>(numMaxDelayRetries).fill(most),
  ];
  return delays.slice(0, numRetries);
}

/** How far, of 1, a backoff has come from the shortest wait to the longest. AWS draws the curves and names no formula. */
function growth(name: string, index: number, count: number): number {
  const last = count - 1;
  switch (name) {
    case 'arithmetic':
      return (index * (index + 1)) / (last * (last + 1));
    case 'geometric':
      return (1.5 ** index - 1) / (1.5 ** last - 1);
    case 'exponential':
      return (2 ** index - 1) / (2 ** last - 1);
    default:
      return index / last;
  }
}
