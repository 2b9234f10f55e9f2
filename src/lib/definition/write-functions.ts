import { DEFAULT_BATCH_SIZE } from '../rules/functions.ts';
import { FUNCTION_DEFAULTS } from './build-functions.ts';
import type { FunctionSpec, HandlerSpec, KeyAttribute, TableKey, TableSpec } from './topology.ts';
import { given, writeDuration } from './write-scalars.ts';

type Written = Record<string, unknown>;

/** A table as a file says it. @param prefix that is put before its name again. */
export function writeTable({ key, name, itemKey, ttl, indexes, tags }: TableSpec, prefix: string) {
  return given({
    name: otherName(name, key, prefix),
    key: writeKey(itemKey),
    ttl,
    indexes: unlessEmpty(
      Object.fromEntries(Object.entries(indexes).map(([index, each]) => [index, writeKey(each)])),
    ),
    tags: unlessEmpty(tags),
  });
}

/** A function as a file says it. @param prefix that is put before its name again. */
export function writeFunction(spec: FunctionSpec, prefix: string): Written {
  const { timeout, memory, handler } = FUNCTION_DEFAULTS;
  return given({
    name: otherName(spec.name, spec.key, prefix),
    runtime: spec.runtime,
    handler: spec.handler === handler ? undefined : spec.handler,
    code: spec.code,
    timeout: spec.timeout === timeout ? undefined : writeDuration(spec.timeout),
    memory: spec.memory === memory ? undefined : spec.memory,
    environment: unlessEmpty(spec.environment),
    tables: unlessEmpty(spec.tables),
    reservedConcurrency: spec.reservedConcurrency,
    role: spec.role,
    tags: unlessEmpty(spec.tags),
  });
}

/** What handles a subscriber's events as a file says it. */
export function writeHandler(handler: HandlerSpec | undefined): Written | undefined {
  if (handler === undefined || !('function' in handler)) return handler;
  const { function: key, batchSize, window, partialFailures, maximumConcurrency } = handler;
  return given({
    function: key,
    batchSize: batchSize === DEFAULT_BATCH_SIZE ? undefined : batchSize,
    window: window === 0 ? undefined : writeDuration(window),
    partialFailures: partialFailures || undefined,
    maximumConcurrency,
  });
}

function writeKey({ hash, range }: TableKey): unknown {
  return range === undefined
    ? writeAttribute(hash)
    : { hash: writeAttribute(hash), range: writeAttribute(range) };
}

function writeAttribute({ name, type }: KeyAttribute): string {
  return type === 'S' ? name : `${name}:${type}`;
}

function otherName(name: string, key: string, prefix: string): string | undefined {
  const start = prefix === '' ? '' : `${prefix}-`;
  const bare = name.startsWith(start) ? name.slice(start.length) : name;
  return bare === key ? undefined : bare;
}

function unlessEmpty<T extends object>(value: T): T | undefined {
  return Object.keys(value).length > 0 ? value : undefined;
}
