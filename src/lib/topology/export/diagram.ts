import type { SubscriptionSpec, Topology } from '../../definition/topology.ts';
import { functionSubscribers } from '../functions/settings.ts';
import { logicalNames } from './logical-names.ts';

/** Characters of a filter policy that a diagram shows. */
const LONGEST_FILTER = 60;

/** A topology as a Mermaid flowchart. @see https://mermaid.js.org/syntax/flowchart.html */
export function mermaidDiagram(topology: Topology): string {
  const names = logicalNames(topology);
  // "Special characters that break syntax": codes by number; what is a code already shows as it is.
  const label = (text: string): string =>
    `"${text.replace(/[#&"<>|`\\]/g, (each) => `#${each.charCodeAt(0)};`)}"`;
  return [
    'flowchart LR',
    ...topology.topics.map(
      (topic) => `  ${names.topic(topic)}([${label(topic.arn ?? topic.name)}])`,
    ),
    ...queuesOf(topology).map((queue) => `  ${names.queue(queue)}[${label(queue)}]`),
    ...edgesOf(topology).map(({ from, to, filter }) => {
      const words = filter === undefined ? '' : `|${label(filter)}|`;
      return `  ${names.topic(from)} -->${words} ${names.queue(to)}`;
    }),
    ...redrivesOf(topology).map(
      ({ queue, dlq, count }) =>
        `  ${names.queue(queue)} -.->|${label(count)}| ${names.queue(dlq)}`,
    ),
    ...topology.functions.map(({ name }) => `  ${names.function(name)}{{${label(name)}}}`),
    ...topology.tables.map(({ name }) => `  ${names.table(name)}[(${label(name)})]`),
    ...handledOf(topology).map(
      ({ queue, target }) => `  ${names.queue(queue)} --> ${names.function(target)}`,
    ),
    ...usedOf(topology).map(
      ({ target, table, access }) =>
        `  ${names.function(target)} -->|${label(access)}| ${names.table(table)}`,
    ),
    '',
  ].join('\n');
}

/** A topology as a graph for Graphviz. @see https://graphviz.org/doc/info/lang.html */
export function dotDiagram(topology: Topology): string {
  const names = logicalNames(topology);
  const text = (value: string): string =>
    `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return [
    `digraph ${text(topology.name)} {`,
    '  rankdir=LR;',
    '  node [shape=box];',
    ...topology.topics.map(
      (topic) => `  ${names.topic(topic)} [label=${text(topic.arn ?? topic.name)}, shape=oval];`,
    ),
    ...queuesOf(topology).map((queue) => `  ${names.queue(queue)} [label=${text(queue)}];`),
    ...edgesOf(topology).map(
      ({ from, to, filter = '' }) =>
        `  ${names.topic(from)} -> ${names.queue(to)} [label=${text(filter)}];`,
    ),
    ...redrivesOf(topology).map(
      ({ queue, dlq, count }) =>
        `  ${names.queue(queue)} -> ${names.queue(dlq)} [label=${text(count)}, style=dashed];`,
    ),
    ...topology.functions.map(
      ({ name }) => `  ${names.function(name)} [label=${text(name)}, shape=hexagon];`,
    ),
    ...topology.tables.map(
      ({ name }) => `  ${names.table(name)} [label=${text(name)}, shape=cylinder];`,
    ),
    ...handledOf(topology).map(
      ({ queue, target }) => `  ${names.queue(queue)} -> ${names.function(target)};`,
    ),
    ...usedOf(topology).map(
      ({ target, table, access }) =>
        `  ${names.function(target)} -> ${names.table(table)} [label=${text(access)}];`,
    ),
    '}',
    '',
  ].join('\n');
}

function queuesOf({ subscribers }: Topology): string[] {
  return [...new Set(subscribers.flatMap(({ queue, dlq }) => (dlq ? [queue, dlq] : [queue])))];
}

function edgesOf({ topics, subscribers }: Topology) {
  return subscribers.flatMap(({ queue, subscriptions }) =>
    subscriptions.flatMap((subscription) => {
      const from = topics.find(({ key }) => key === subscription.topic);
      return from ? [{ from, to: queue, filter: filterWords(subscription) }] : [];
    }),
  );
}

/** Which function takes from which queue. */
function handledOf(topology: Topology) {
  return functionSubscribers(topology).map(({ subscriber, target }) => ({
    queue: subscriber.queue,
    target: target.name,
  }));
}

/** Which function uses which table, and what for. */
function usedOf({ functions, tables }: Topology) {
  return functions.flatMap(({ name, tables: used }) =>
    Object.entries(used).flatMap(([key, access]) => {
      const table = tables.find((each) => each.key === key);
      return table ? [{ target: name, table: table.name, access }] : [];
    }),
  );
}

function redrivesOf({ subscribers }: Topology) {
  return subscribers.flatMap(({ queue, dlq, maxReceiveCount }) =>
    dlq === undefined ? [] : [{ queue, dlq, count: `after ${maxReceiveCount} receives` }],
  );
}

function filterWords({ filterPolicy, filterPolicyScope }: SubscriptionSpec): string | undefined {
  if (filterPolicy === undefined) return undefined;
  const of = filterPolicyScope === 'MessageBody' ? 'body' : 'attributes';
  // To the letter, it may have line ends.
  const words = [...`${of} ${filterPolicy.replace(/\s+/g, ' ')}`];
  const shown = words.slice(0, LONGEST_FILTER).join('');
  return words.length > LONGEST_FILTER ? `${shown}…` : shown;
}
