import type { OrderDatabase, Style } from '../definition/styles.ts';
import type {
  FunctionHandlerSpec,
  FunctionSpec,
  SubscriberSpec,
  TableSpec,
  Topology,
} from '../definition/topology.ts';
import {
  BUILT_FUNCTION,
  type BuiltCode,
  ordersApiCode,
  subscriberCode,
} from '../functions/built-functions.ts';
import { usageError } from '../rules/errors.ts';
import {
  DEFAULT_BATCH_SIZE,
  MAX_FUNCTION_NAME_LENGTH,
  MAX_FUNCTION_TIMEOUT_SECONDS,
} from '../rules/functions.ts';
import { deployedName, hasOrderApi, orderTable } from './order-api.ts';

/** A topology with the functions and the table that stand for its handlers and its order API. */
export interface System {
  readonly topology: Topology;
  /** The code of functions that the topology's file says nothing of, by their keys. */
  readonly built: ReadonlyMap<string, BuiltCode>;
  /** The function of the order API; undefined for a topology without order events. */
  readonly api: FunctionSpec | undefined;
  /** Where the order API keeps its orders. */
  readonly database: OrderDatabase;
  /** The table with orders, and what subscribers handled; undefined where they are elsewhere. */
  readonly table: TableSpec | undefined;
  /** Subscribers that are services. */
  readonly services: readonly SubscriberSpec[];
  /** Subscribers whose messages nothing takes: they have no handler. */
  readonly unhandled: readonly string[];
}

/** Seconds that a request to the order API may take: a HTTP API waits for 30 at the most. */
const API_TIMEOUT_SECONDS = 15;
/** "Set the queue's visibility timeout to at least six times the function timeout" (Using Lambda with Amazon SQS). */
const VISIBILITY_PER_TIMEOUT = 6;
/** MB of functions that no file says anything of, unless a deployment says another number. */
export const BUILT_MEMORY_MB = 256;

/** The names of the tables that a deployment of a topology has. */
export function deployedTables(topology: Topology, style: Style): string[] {
  const own = style === 'serverless' && hasOrderApi(topology) ? [orderTable(topology).name] : [];
  return [...topology.tables.map(({ name }) => name), ...own];
}

/**
 * A topology with what its style makes functions of: subscribers' modules unless they are services, and the order API
 * where it is serverless.
 * @throws AppError (exit 2) for a handler that can't be one, and for names that are too long.
 */
export function systemOf(topology: Topology, style: Style, database: OrderDatabase): System {
  const hasApi = style === 'serverless' && hasOrderApi(topology);
  const table = hasApi && database === 'dynamodb' ? orderTable(topology) : undefined;
  const built = new Map<string, BuiltCode>();
  const functions: FunctionSpec[] = [];
  const services: SubscriberSpec[] = [];
  const subscribers = topology.subscribers.map((subscriber): SubscriberSpec => {
    const code = moduleCode(topology, subscriber);
    if (code === undefined) return subscriber;
    if (style === 'ecs') {
      services.push(subscriber);
      return subscriber;
    }
    const spec = subscriberFunction(topology, subscriber, code, table);
    functions.push(spec);
    built.set(spec.key, code);
    return { ...subscriber, handler: mappingTo(spec) };
  });
  const api = hasApi ? apiFunction(topology, table) : undefined;
  if (api !== undefined) {
    functions.push(api);
    built.set(api.key, ordersApiCode());
  }
  const all = [...topology.functions, ...functions];
  assertDistinct(all, hasApi);
  return {
    topology: {
      ...topology,
      subscribers,
      functions: all,
      tables: [...topology.tables, ...(table === undefined ? [] : [table])],
    },
    built,
    api,
    database,
    table,
    services,
    unhandled: topology.subscribers.flatMap(({ name, handler }) => (handler ? [] : [name])),
  };
}

/** @throws AppError `HandlerNotDeployable` (exit 2) for a program: Lambda runs modules. */
function moduleCode(topology: Topology, subscriber: SubscriberSpec): BuiltCode | undefined {
  const { handler, name } = subscriber;
  if (handler !== undefined && 'exec' in handler) {
    throw usageError(
      `The subscriber ${name} is handled by a program (exec), which can't be deployed.`,
      `Give it a module or a function in the file, such as handler: { module: handlers/${name}.mjs }`,
      'HandlerNotDeployable',
    );
  }
  return subscriberCode(topology, subscriber);
}

function subscriberFunction(
  topology: Topology,
  { name, visibilityTimeout, handler }: SubscriberSpec,
  { zipEnvironment }: BuiltCode,
  table: TableSpec | undefined,
): FunctionSpec {
  const seconds = Math.floor(visibilityTimeout / VISIBILITY_PER_TIMEOUT);
  return {
    ...builtFunction(topology, name),
    code: handler !== undefined && 'module' in handler ? handler.module : name,
    timeout: Math.min(Math.max(seconds, 1), MAX_FUNCTION_TIMEOUT_SECONDS),
    environment: { ...zipEnvironment, ...(table && { TABLE_NAME: table.key }) },
    tables: table ? { [table.key]: 'readwrite' } : {},
  };
}

function apiFunction(topology: Topology, table: TableSpec | undefined): FunctionSpec {
  return {
    ...builtFunction(topology, 'api'),
    code: 'the order API',
    timeout: API_TIMEOUT_SECONDS,
    // Its template says where its orders are.
    environment: {},
    tables: table ? { [table.key]: 'readwrite' } : {},
  };
}

/** @throws AppError `InvalidName` (exit 2) for a name that is longer than Lambda takes. */
function builtFunction(topology: Topology, what: string) {
  const name = deployedName(topology, what);
  if (name.length > MAX_FUNCTION_NAME_LENGTH) {
    throw usageError(
      `The function "${name}" would have a name of ${name.length} characters; Lambda takes ${MAX_FUNCTION_NAME_LENGTH}.`,
      'Use a shorter prefix, or shorter names in the topology.',
      'InvalidName',
    );
  }
  return {
    key: `${topology.name}-${what}`,
    name,
    ...BUILT_FUNCTION,
    memory: BUILT_MEMORY_MB,
    reservedConcurrency: undefined,
    role: undefined,
    tags: {},
  };
}

/** @throws AppError `InvalidName` (exit 2) for a function that would take the place of another one. */
function assertDistinct(functions: readonly FunctionSpec[], hasApi: boolean): void {
  const taken = functions.find(({ key, name }, at) =>
    functions.slice(0, at).some((other) => other.key === key || other.name === name),
  );
  if (taken === undefined) return;
  throw usageError(
    `Two functions of this deployment would be called "${taken.name}".`,
    `${hasApi ? 'The order API, and each' : 'Each'} subscriber with a module${hasApi ? ',' : ''} is a function too. Give the subscriber or function in the file another name.`,
    'InvalidName',
  );
}

function mappingTo({ key }: FunctionSpec): FunctionHandlerSpec {
  return {
    function: key,
    batchSize: DEFAULT_BATCH_SIZE,
    window: 0,
    partialFailures: true,
    maximumConcurrency: undefined,
  };
}
