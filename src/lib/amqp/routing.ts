import type { SubscriptionSpec } from '../definition/topology.ts';

/** The attribute that is the routing key of a message. */
export const ROUTED_BY = 'event_type';
/** Bytes of a routing key or a binding key at the most (AMQP's short string). */
export const MAX_KEY_BYTES = 255;

/** The keys that bind a queue so that it gets what a filter lets through and nothing else; or why no keys can. */
export type Routing =
  | { readonly keys: readonly string[] }
  | { readonly keys: undefined; readonly why: string };

/**
 * What a subscription's filter is as binding keys of a topic exchange, in which `*` stands for one word between dots and
 * `#` for any number of them. Messages without an event type have an empty routing key, which has no words.
 * @see https://www.rabbitmq.com/tutorials/tutorial-five-javascript (Topic exchange)
 */
export function routingOf({
  filterPolicy,
  filterPolicyScope,
}: Pick<SubscriptionSpec, 'filterPolicy' | 'filterPolicyScope'>): Routing {
  if (filterPolicy === undefined) return { keys: ['#'] };
  const policy = JSON.parse(filterPolicy) as Readonly<Record<string, unknown>>;
  const names = Object.keys(policy);
  if (names.length === 0) return { keys: ['#'] };
  if (filterPolicyScope === 'MessageBody') return refused('it looks into the body');
  const other = names.find((name) => name !== ROUTED_BY);
  if (other !== undefined) return refused(`it asks for "${other}"`);
  const rules = policy[ROUTED_BY];
  const keys: string[] = [];
  for (const rule of Array.isArray(rules) ? rules : [rules]) {
    const key = bindingKey(rule);
    if (key === undefined) return refused(`${JSON.stringify(rule)} is no pattern of words`);
    keys.push(key);
  }
  return { keys: [...new Set(keys)].sort() };
}

function refused(why: string): Routing {
  return { keys: undefined, why };
}

/** The binding key that a rule for the event type is to the letter; undefined where there is none. */
function bindingKey(rule: unknown): string | undefined {
  if (typeof rule === 'string') return isLiteral(rule) ? rule : undefined;
  if (typeof rule !== 'object' || rule === null || Object.keys(rule).length !== 1) return undefined;
  const { prefix, exists } = rule as { readonly prefix?: unknown; readonly exists?: unknown };
  if (exists === true) return '*.#';
  // Without any attribute a message matches no filter, and the key says nothing of others: `exists: false` has none.
  // "order." are the words order and at least one more; "ord" would be part of a word.
  if (typeof prefix !== 'string' || !prefix.endsWith('.')) return undefined;
  const key = `${prefix}*.#`;
  return isLiteral(prefix) && Buffer.byteLength(key) <= MAX_KEY_BYTES ? key : undefined;
}

/**
 * Whether a text can be part of a key and stand for itself: none of its words is a wildcard. SNS compares quotes and
 * backslashes in the form that JSON writes them in, and RabbitMQ as they are.
 */
function isLiteral(text: string): boolean {
  const isWild = text.split('.').some((word) => word === '*' || word === '#');
  return text !== '' && !isWild && !/["\\]/.test(text) && Buffer.byteLength(text) <= MAX_KEY_BYTES;
}

/**
 * Whether a topic exchange takes a message with a routing key by a binding key: `*` is one word between dots, `#` any
 * number of them, and an empty routing key has no words.
 */
export function matchesKey(binding: string, key: string): boolean {
  return takes(wordsOf(binding), wordsOf(key));
}

function wordsOf(key: string): readonly string[] {
  return key === '' ? [] : key.split('.');
}

function takes(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return words.length === 0;
  const [word, ...others] = words;
  if (first === '#') return takes(rest, words) || (word !== undefined && takes(pattern, others));
  return word !== undefined && (first === '*' || first === word) && takes(rest, others);
}
