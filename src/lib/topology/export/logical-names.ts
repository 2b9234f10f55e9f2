import type { SubscriberSpec, TopicSpec, Topology } from '../../definition/topology.ts';

/** Names of a topology's parts in another notation: letters and digits, each once. */
export interface LogicalNames {
  topic(topic: TopicSpec): string;
  /** Of a queue or dead-letter queue. */
  queue(name: string): string;
  subscription(subscriber: SubscriberSpec, topic: TopicSpec): string;
  table(name: string): string;
  function(name: string): string;
}

/** Characters of a name before what says its kind: CloudFormation takes 255 of a logical id, what is put behind it too. */
const LONGEST_NAME = 200;

/** Makes names that begin with a letter and have letters and digits alone; a number tells apart what would be the same. */
export function logicalNames(topology: Topology): LogicalNames {
  const given = new Map<string, string>();
  const taken = new Set<string>();
  const name = (kind: string, text: string): string => {
    const known = given.get(`${kind} ${text}`);
    if (known !== undefined) return known;
    const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
    const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
    const base = joined.replace(/^(?=\d)/, 'N').slice(0, LONGEST_NAME);
    const whole = base.endsWith(kind) ? base : base + kind;
    let free = whole;
    for (let count = 2; taken.has(free); count += 1) free = `${whole}${count}`;
    taken.add(free);
    given.set(`${kind} ${text}`, free);
    return free;
  };
  const unprefixed = (text: string): string =>
    topology.prefix && text.startsWith(`${topology.prefix}-`)
      ? text.slice(topology.prefix.length + 1)
      : text;
  return {
    topic: ({ key }) => name('Topic', key),
    queue: (queue) => name('Queue', unprefixed(queue)),
    table: (table) => name('Table', unprefixed(table)),
    function: (each) => name('Function', unprefixed(each)),
    subscription: ({ name: subscriber }, { key }) => name('Subscription', `${subscriber}-${key}`),
  };
}
