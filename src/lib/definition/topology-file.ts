import * as z from 'zod/mini';
import { InvalidFilterPolicy, parseFilterPolicy } from '../rules/filter-policy/index.ts';
import type { SubscriberDefinition } from './definition.ts';
import type { TopologyChoices } from './orders.ts';

/** What `pubsub.yaml` may say of its topology. */
export const TOPOLOGY_KEYS = ['fifo', 'subscribers'] as const;
/** What it may say of a subscriber. */
const SUBSCRIBER_KEYS = ['filterPolicy', 'filterPolicyScope', 'rawDelivery'] as const;

const SubscriberEntry = z.strictObject({
  filterPolicy: z.optional(z.record(z.string(), z.unknown())),
  filterPolicyScope: z.optional(z.enum(['MessageAttributes', 'MessageBody'])),
  rawDelivery: z.optional(z.boolean()),
});

/** The shape of a topology's keys; `readTopologyChoices` looks closer. */
export const topologyShape = {
  fifo: z.optional(z.boolean()),
  subscribers: z.optional(z.record(z.string(), z.nullable(SubscriberEntry))),
};
type Given = z.infer<z.ZodMiniObject<typeof topologyShape>>;

/** A subscriber's name is a part of its queues' names, and a word of the command line. */
const SUBSCRIBER_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/** Something in a file that can't be, and what to do about it. */
export interface FileProblem {
  readonly what: string;
  readonly hint: string;
}

/** What keys and values are for, where a file has something else. */
export function expected(path: readonly PropertyKey[]): FileProblem | undefined {
  const [first, , key] = path;
  const where = path.join('.');
  if (first === 'fifo') return { what: 'fifo must be true or false', hint: 'Write: fifo: true' };
  if (first !== 'subscribers') return undefined;
  switch (key) {
    case 'rawDelivery':
      return { what: `${where} must be true or false`, hint: 'Write: rawDelivery: true' };
    case 'filterPolicyScope':
      return {
        what: `${where} must be MessageAttributes or MessageBody`,
        hint: 'Write: filterPolicyScope: MessageBody',
      };
    case 'filterPolicy':
      return {
        what: `${where} must be a mapping of names to lists of values`,
        hint: 'Write: filterPolicy: { event_type: [order.created] }',
      };
    default:
      return {
        what: `${where} must be a mapping`,
        hint: 'Write: subscribers: { email: { rawDelivery: true } }',
      };
  }
}

/** Names of keys that stand in one place of a file. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] | undefined {
  return path[0] === 'subscribers' ? SUBSCRIBER_KEYS : undefined;
}

/** What a file says of its topology, looked at as SNS would; the first problem instead, where there is one. */
export function readTopologyChoices({ fifo, subscribers = {} }: Given): {
  readonly choices: TopologyChoices;
  readonly problem: FileProblem | undefined;
} {
  const read: Record<string, SubscriberDefinition> = {};
  let problem: FileProblem | undefined;
  for (const [name, entry] of Object.entries(subscribers)) {
    problem ??= problemOf(name, entry ?? {});
    const { filterPolicy, ...rest } = entry ?? {};
    read[name] = {
      ...rest,
      ...(filterPolicy === undefined ? {} : { filterPolicy: JSON.stringify(filterPolicy) }),
    };
  }
  return { choices: { ...(fifo === undefined ? {} : { fifo }), subscribers: read }, problem };
}

function problemOf(
  name: string,
  { filterPolicy, filterPolicyScope = 'MessageAttributes' }: z.infer<typeof SubscriberEntry>,
): FileProblem | undefined {
  const where = `subscribers.${name}`;
  if (!SUBSCRIBER_NAME.test(name) || name === 'all') {
    return {
      what: `"${name}" can't be a subscriber's name`,
      hint: 'Names have letters, digits, "-" and "_", and "all" means all of them.',
    };
  }
  if (filterPolicy === undefined) {
    return filterPolicyScope === 'MessageAttributes'
      ? undefined
      : {
          what: `${where} has a filterPolicyScope and no filterPolicy`,
          hint: 'Give it a filterPolicy, or leave the scope out.',
        };
  }
  try {
    parseFilterPolicy(JSON.stringify(filterPolicy), filterPolicyScope);
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidFilterPolicy)) throw error;
    const [reason = ''] = error.message.split('\n');
    return {
      what: `${where}.filterPolicy is none that SNS takes: ${reason}`,
      hint: 'Lists of values, such as: filterPolicy: { event_type: [order.created] }',
    };
  }
}
