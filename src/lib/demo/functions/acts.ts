import { getItem, scanItems } from '../../aws/items.ts';
import { functionOf } from '../../definition/find.ts';
import type { TableSpec } from '../../definition/topology.ts';
import { parseGivenFields } from '../../events/given-fields.ts';
import { followLog } from '../../functions/follow-log.ts';
import type { LogLine } from '../../functions/log-lines.ts';
import type { ScenarioEvent } from '../scenario.ts';
import { DELIVERY_TIMEOUT_MS, type DemoStage, FailedExpectation } from '../stage.ts';

/** How long the log may lag behind what a function does, in milliseconds. */
const LOG_DELAY_MS = { local: 5_000, endpoint: 5_000, aws: 20_000 } as const;
/** Milliseconds between looks at a queue or a table. */
const POLL_MS = { local: 50, endpoint: 200, aws: 1_000 } as const;

/** Follows the log of each function that handles events, and shows what it says. */
export function followFunctions(stage: DemoStage): void {
  const { place } = stage;
  const { subscribers, functions } = place.topology;
  for (const spec of subscribers) {
    const target = functionOf(spec, functions);
    if (target === undefined) continue;
    const signal = stage.curtain.signal;
    stage.consumers.push(
      (async () => {
        for await (const line of followLog(place.aws, target.name, { since: Date.now(), signal })) {
          tellLine(stage, spec.name, line);
        }
      })(),
    );
    stage.tell({
      kind: 'listening',
      subscriber: spec.name,
      queue: spec.queue,
      function: target.name,
    });
  }
}

function tellLine(stage: DemoStage, subscriber: string, line: LogLine): void {
  if (line.kind === 'error') stage.functionErrors.push({ subscriber, text: line.text });
  if (line.kind === 'report') stage.invocations += 1;
  if (['line', 'error', 'report'].includes(line.kind)) {
    stage.tell({ kind: 'logLine', subscriber, line });
  }
  stage.ledger.wake();
}

/** Publishes the events of an act, each when the one before it was handled. */
export async function announceToFunctions(
  stage: DemoStage,
  events: readonly ScenarioEvent[],
): Promise<void> {
  const { functions } = stage.place.topology;
  for (const event of events) {
    const before = stage.invocations;
    const { message, expectedBy } = await stage.publish(event);
    for (const name of expectedBy) {
      if (functionOf(stage.spec(name), functions) === undefined) {
        await stage.arrival(message.id, event, [name]);
      } else {
        await awaitHandled(stage, name, message.id, event);
        await awaitLog(stage, before);
      }
    }
    await stage.readingTime(1 / 3);
  }
}

/** Waits until the log has told of another invocation, so that what it says stands where it belongs; never for long. */
export async function awaitLog(stage: DemoStage, before: number): Promise<void> {
  await stage.ledger.waitFor(() => stage.invocations > before, stage.bound(LOG_DELAY_MS));
}

/**
 * Waits until a function has handled an event, and counts that: its queue is empty, and the table has its item.
 * @throws FailedExpectation
 */
export async function awaitHandled(
  stage: DemoStage,
  subscriber: string,
  id: string,
  event: ScenarioEvent,
): Promise<void> {
  const { queue } = stage.spec(subscriber);
  const deadline = Date.now() + DELIVERY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if ((await isEmpty(stage, queue)) && (await isStored(stage, event))) {
      stage.ledger.receive(subscriber, id);
      return;
    }
    await stage.pause(stage.bound(POLL_MS));
  }
  throw new FailedExpectation(`${subscriber} did not handle ${event.type} in time`);
}

async function isEmpty(stage: DemoStage, queue: string): Promise<boolean> {
  const { visible, hidden } = await stage.stored(queue);
  return visible + hidden === 0;
}

async function isStored(stage: DemoStage, event: ScenarioEvent): Promise<boolean> {
  const place = storedAt(stage, event);
  if (place === undefined) return true;
  const { table, value } = place;
  const item = await getItem(stage.place.aws, table.name, [
    { attribute: table.itemKey.hash, value },
  ]);
  return item !== undefined;
}

/** Where the item of an event is to be found; undefined where the scenario doesn't say it. */
function storedAt(
  stage: DemoStage,
  event: ScenarioEvent,
): { readonly table: TableSpec; readonly value: string } | undefined {
  const { scenario } = stage.options;
  const { place } = stage;
  const table = place.topology.tables.find(({ key }) => key === scenario.stored?.table);
  const value = parseGivenFields(event.fields)[scenario.stored?.key ?? ''];
  return table && value !== undefined ? { table, value: String(value) } : undefined;
}

/** Compares the table with the events that had to be stored: each once. @throws FailedExpectation */
export async function verifyTable(
  stage: DemoStage,
  events: readonly ScenarioEvent[],
): Promise<void> {
  const places = events.flatMap((event) => storedAt(stage, event) ?? []);
  const [first] = places;
  if (first === undefined) return;
  const wanted = new Set(places.map(({ value }) => value));
  const found: string[] = [];
  for await (const item of scanItems(stage.place.aws, first.table.name)) {
    found.push(String(item[first.table.itemKey.hash.name]));
  }
  stage.tell({ kind: 'tableCounted', table: first.table.key, expected: wanted.size, found });
  const complete = found.length === wanted.size && found.every((value) => wanted.has(value));
  if (!complete) throw new FailedExpectation(`the table ${first.table.name} holds something else`);
}
