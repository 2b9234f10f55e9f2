import type { MessageEvent } from '../../rules/message-trace.ts';

/** Texts that many events have in common. */
const NAMES = [
  'kind',
  'account',
  'region',
  'topicArn',
  'subscriptionArn',
  'queueArn',
  'deadLetterArn',
  'destinationArn',
  'functionArn',
  'userAgent',
  'clause',
  'reason',
] as const;

/** Names beyond are not shared: somebody makes up new ones. */
const MAX_NAMES = 10_000;

/**
 * An event in which names that were seen before are the very texts that were seen: each event comes as JSON of its own,
 * and most of its size is ARNs.
 * @param names those that were seen; new ones are added.
 */
export function shared(event: MessageEvent, names: Map<string, string>): MessageEvent {
  const own = event as unknown as Record<string, unknown>;
  for (const name of NAMES) {
    const value = own[name];
    if (typeof value !== 'string') continue;
    const known = names.get(value);
    if (known !== undefined) own[name] = known;
    else if (names.size < MAX_NAMES) names.set(value, value);
  }
  return event;
}
