import type { HandlerSpec, Topology } from '../definition/topology.ts';

/** A diagram has to fit beside what people type: wider ones are drawn with a line a queue. */
const MAX_COLUMNS = 80;

/**
 * A topology as a picture: topics, the queues behind them, who listens. Names are those without the prefix.
 * @param source what publishes, such as `publisher`. @param kind what a topic is called.
 */
export function topologyDiagram(topology: Topology, source: string, kind = 'SNS topic'): string[] {
  const named = (name: string): string =>
    topology.prefix && name.startsWith(`${topology.prefix}-`)
      ? name.slice(topology.prefix.length + 1)
      : name;
  const lines = topology.topics.flatMap((topic) => {
    const queues = topology.subscribers.flatMap(({ name, queue, subscriptions, handler }) =>
      subscriptions
        .filter((subscription) => subscription.topic === topic.key)
        .map(({ filterPolicy }) => ({
          queue: named(queue),
          who:
            handledBy(topology, handler) ??
            (filterPolicy === undefined ? name : `${name} (filtered)`),
        })),
    );
    const wide = Math.max(0, ...queues.map(({ queue }) => queue.length));
    const rows = queues.map(({ queue, who }) => `▶ ${queue.padEnd(wide)} ─▶ ${who}`);
    const head = ` ${source} ──▶ ${kind} ${named(topic.name)} `;
    const beside = rows.every((row) => head.length + row.length + 2 <= MAX_COLUMNS);
    const branch = (index: number): string =>
      rows.length === 1 ? '─' : index === 0 ? '┬' : index === rows.length - 1 ? '└' : '├';
    if (beside) {
      return rows.map((row, index) => {
        const start = index === 0 ? `${head}─` : ' '.repeat(head.length + 1);
        return `${start}${branch(index)}─${row}`;
      });
    }
    return [
      head.trimEnd(),
      ...rows.map((row, index) => `   ${index === rows.length - 1 ? '└' : '├'}─${row}`),
    ];
  });
  if (topology.subscribers.every(({ dlq }) => dlq === undefined)) return lines;
  return [...lines, `${' '.repeat(35)}each queue has a dead-letter queue behind it`];
}

/** The function that handles a queue's messages, with the tables that it uses; undefined where something else does. */
function handledBy({ functions }: Topology, handler: HandlerSpec | undefined): string | undefined {
  if (handler === undefined || !('function' in handler)) return undefined;
  const found = functions.find(({ key }) => key === handler.function);
  return [handler.function, ...Object.keys(found?.tables ?? {})].join(' ─▶ ');
}
