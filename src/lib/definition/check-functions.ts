import { MAX_BATCH_SIZE_WITHOUT_WINDOW, MAX_FIFO_BATCH_SIZE } from '../rules/functions.ts';
import { nearest } from '../rules/text/nearest.ts';
import { isFifoTopic, SUBSCRIBER_DEFAULTS } from './build.ts';
import { FUNCTION_DEFAULTS } from './build-functions.ts';
import type { HandlerDefinition, SubscriberDefinition } from './definition.ts';
import type { Path, Report } from './fields/field.ts';
import type { WrittenTopology } from './topology-fields.ts';
import { writeDuration } from './write-scalars.ts';

type FunctionHandler = Extract<HandlerDefinition, { readonly function: string }>;

/**
 * Checks what a topology says of its tables and functions: what is needed is there, what is named exists, and what Lambda
 * refuses of a mapping is refused here ("Creating and configuring an Amazon SQS event source mapping").
 */
export function checkFunctions(written: WrittenTopology, report: Report): void {
  const { tables = {}, functions = {}, subscribers = {} } = written;
  for (const [key, table] of Object.entries(tables)) {
    if (table.key !== undefined) continue;
    report({
      path: ['tables', key],
      what: `tables.${key} doesn't say what an item is found by`,
      hint: `Write: ${key}: { key: paymentId }`,
    });
  }
  for (const [key, each] of Object.entries(functions)) {
    for (const needed of ['runtime', 'code'] as const) {
      if (each[needed] !== undefined) continue;
      report({
        path: ['functions', key],
        what: `functions.${key} has no ${needed}`,
        hint: `Write: ${key}: { runtime: nodejs24.x, code: lambda/ }`,
      });
    }
    for (const table of Object.keys(each.tables ?? {})) {
      if (Object.hasOwn(tables, table)) continue;
      const path = ['functions', key, 'tables', table];
      report({ path, atKey: true, ...unknown('table', table, Object.keys(tables)) });
    }
  }
  for (const [name, subscriber] of Object.entries(subscribers)) {
    const { handler } = subscriber;
    if (handler === undefined || !('function' in handler)) continue;
    const path = ['subscribers', name, 'handler'];
    const target = Object.hasOwn(functions, handler.function)
      ? functions[handler.function]
      : undefined;
    if (target === undefined) {
      const known = Object.keys(functions);
      report({ path: [...path, 'function'], ...unknown('function', handler.function, known) });
      continue;
    }
    checkTimeouts(name, subscriber, { key: handler.function, timeout: target.timeout }, report);
    checkBatches(path, handler, isFifo(subscriber, written), report);
  }
}

/** "The function's timeout must not exceed the queue's visibility timeout": Lambda refuses such a mapping. */
function checkTimeouts(
  name: string,
  { visibilityTimeout = SUBSCRIBER_DEFAULTS.visibilityTimeout }: SubscriberDefinition,
  of: { readonly key: string; readonly timeout: number | undefined },
  report: Report,
): void {
  const { key, timeout = FUNCTION_DEFAULTS.timeout } = of;
  if (timeout <= visibilityTimeout) return;
  report({
    path: of.timeout === undefined ? ['subscribers', name] : ['functions', key, 'timeout'],
    what: `${key} may take ${writeDuration(timeout)}, and subscribers.${name} hides a message for ${writeDuration(visibilityTimeout)} only: it would come again while it is handled, and Lambda refuses that`,
    hint: `Write: ${name}: { visibilityTimeout: ${writeDuration(timeout * 6)} }; AWS recommends six times the function's timeout`,
  });
}

function checkBatches(
  path: Path,
  { batchSize = MAX_BATCH_SIZE_WITHOUT_WINDOW, window = 0 }: FunctionHandler,
  fifo: boolean,
  report: Report,
): void {
  if (fifo && batchSize > MAX_FIFO_BATCH_SIZE) {
    report({
      path: [...path, 'batchSize'],
      what: `${path.join('.')} asks for batches of ${batchSize}, and a FIFO queue gives ${MAX_FIFO_BATCH_SIZE} at most`,
      hint: `Write: batchSize: ${MAX_FIFO_BATCH_SIZE}`,
    });
  } else if (fifo && window > 0) {
    report({
      path: [...path, 'window'],
      what: `${path.join('.')} has a window, and a FIFO queue has none`,
      hint: 'Leave the window out.',
    });
  } else if (!fifo && batchSize > MAX_BATCH_SIZE_WITHOUT_WINDOW && window === 0) {
    report({
      path: [...path, 'batchSize'],
      what: `${path.join('.')} asks for batches of ${batchSize} and has no window: Lambda takes more than ${MAX_BATCH_SIZE_WITHOUT_WINDOW} only with one`,
      hint: `Write: handler: { batchSize: ${batchSize}, window: 5s }`,
    });
  }
}

/** Whether a subscriber's queue is a FIFO one: as it says, or as all of its topics are. */
function isFifo(
  { fifo, queue, from }: SubscriberDefinition,
  { topics = {}, fifo: fallback = false }: WrittenTopology,
): boolean {
  if (fifo !== undefined) return fifo;
  if (queue?.endsWith('.fifo')) return true;
  const keys = Object.keys(from ?? topics);
  return (
    keys.length > 0 && keys.every((key) => topics[key] && isFifoTopic(key, topics[key], fallback))
  );
}

function unknown(
  kind: 'table' | 'function',
  key: string,
  known: readonly string[],
): { what: string; hint: string } {
  const near = nearest(key, known);
  const example =
    kind === 'table' ? '{ key: paymentId }' : '{ runtime: nodejs24.x, code: lambda/ }';
  const there = known.length > 0 ? `There are: ${known.join(', ')}. ` : '';
  return {
    what: `there is no ${kind} "${key}"${near ? `, did you mean "${near}"?` : ''}`,
    hint: `${there}Add one with: ${kind}s: { ${key}: ${example} }`,
  };
}
