/** Who sends requests, as far as its `User-Agent` says. */
export interface ClientName {
  /** `pubsub-subscriber/email`, the app id that a client was given, or its SDK such as `aws-sdk-js/3.1090.0`. */
  readonly client: string;
  /** The process, where the client says it; null elsewhere. */
  readonly pid: number | null;
}

/** What a part of this tool does that receives from queues. */
export type ReceiverKind = 'subscriber' | 'tap' | 'dlq' | 'function';

/** What the engine is called where it receives for a function; the function's name follows. */
export const FUNCTION_CLIENT = 'pubsub-function/';

const OWN = /(?:^| )(pubsub-[a-z]+\/[^\s#/]+)#(\d{1,10})(?= |$)/;
/** "Application ID" (AWS SDKs and Tools Reference Guide): `AWS_SDK_UA_APP_ID`, `sdk_ua_app_id`. */
const APP_ID = /(?:^| )app\/([^\s]+)/;

/**
 * The product that a receiver of this tool adds to its `User-Agent`: `pubsub-subscriber/email#4711`.
 * @param name of the subscriber or topology; what a product can't hold becomes `-`.
 */
export function receiverProduct(kind: ReceiverKind, name: string, pid: number): string {
  return `pubsub-${kind}/${name.replace(/[^A-Za-z0-9._-]/g, '-') || '-'}#${pid}`;
}

/** Reads a `User-Agent`; one that says nothing gives the client `unknown`. */
export function clientName(userAgent: string): ClientName {
  const [, own, pid] = OWN.exec(userAgent) ?? [];
  if (own !== undefined) return { client: own, pid: Number(pid) };
  const [, appId] = APP_ID.exec(userAgent) ?? [];
  return { client: appId ?? (userAgent.trim().split(/\s+/, 1)[0] || 'unknown'), pid: null };
}
