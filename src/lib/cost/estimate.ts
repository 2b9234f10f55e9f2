import {
  API_TASK,
  databaseIn,
  MAX_SUBSCRIBER_TASKS,
  type OrderDatabase,
  type Style,
  SUBSCRIBER_TASK,
} from '../definition/styles.ts';
import type { Topology } from '../definition/topology.ts';
import { FREE_TIER, MONTH_HOURS, priceOf } from '../rules/prices.ts';
import {
  type Architecture,
  containerLines,
  functionLines,
  logLines,
  type Service,
  tasksFor,
} from './compute-cost.ts';
import { type Consumption, consumptionOf } from './consumption.ts';
import type { CostLine } from './cost-line.ts';
import { queueLines, topicLines } from './messaging-cost.ts';
import {
  alarmLines,
  balancerLines,
  databaseLines,
  functionTableLines,
  httpApiLines,
  orderTableLines,
} from './platform-cost.ts';
import type { SubscriberLoad, Workload } from './workload.ts';

const API = 'API';
/** How often a schedule lets a function look for events that wait, in a month: each minute. */
const SWEEPS = MONTH_HOURS * 60;

/** How the parts around topic and queues are run. */
export interface EstimateOptions {
  /** Messages of a batch; as many as come within the batching window unless given. */
  readonly batch: number | undefined;
  /** Milliseconds that a handler works on a message. */
  readonly handlerMs: number;
  /** MB of each function; those of the file, or `builtMemoryMb`, unless given. */
  readonly memoryMb: number | undefined;
  /** MB of functions that the file says nothing of. */
  readonly builtMemoryMb: number;
  /** Whether the order API belongs to the topology. */
  readonly hasOrderApi: boolean;
  /** Containers of each service at the least. */
  readonly tasks: number;
  /** Where orders are kept in the styles that can have it; as it is usual unless given. */
  readonly database?: OrderDatabase | undefined;
  readonly architecture: Architecture;
  /** Metrics that the topology's alarms look at. */
  readonly alarmMetrics: number;
}

/** What an account need not pay for. */
export interface FreeLine {
  readonly name: string;
  readonly quantity: number;
  readonly dollars: number;
}

/** What a month costs. */
export interface Estimate {
  /** Undefined for what the file describes: topics, queues, and functions that take from them. */
  readonly style: Style | undefined;
  readonly lines: readonly CostLine[];
  /** Subscribers with more work than the tasks do that they grow to, with those that it would take. */
  readonly behind: readonly { readonly name: string; readonly needed: number }[];
  readonly dollars: number;
  /** What the free tier takes off, where nothing else of the account uses it. */
  readonly free: readonly FreeLine[];
  readonly dollarsAfterFreeTier: number;
}

/** A subscriber, and who fetches its messages. */
interface Consumer {
  readonly load: SubscriberLoad;
  readonly consumption: Consumption;
  readonly byFunction: boolean;
  readonly tasks: number;
  /** Tasks that its work takes. */
  readonly needed: number;
}

/** What a month costs in one style. Pure. */
export function estimateCost(
  workload: Workload,
  topology: Topology,
  style: Style | undefined,
  options: EstimateOptions,
): Estimate {
  const consumers = workload.subscribers.map((load) => consumerOf(load, style, options));
  const types = Object.keys(topology.events).length;
  const api = apiParts(consumers, workload, types, style, options);
  const lines = [
    ...topicLines(workload),
    ...queueLines(consumers),
    ...serviceLines(consumers, style, options, api),
    ...functionTableLines(tableWrites(consumers, topology)),
    ...(style === undefined ? [] : alarmLines(options.alarmMetrics)),
  ];
  const dollars = sum(lines);
  const free = freeTier(lines);
  const behind = consumers.flatMap(({ load: { spec }, tasks, needed }) =>
    needed > tasks ? [{ name: spec.name, needed }] : [],
  );
  return { style, lines, behind, dollars, free, dollarsAfterFreeTier: dollars - sum(free) };
}

const sum = (lines: readonly { readonly dollars: number }[]): number =>
  lines.reduce((total, { dollars }) => total + dollars, 0);

function consumerOf(
  load: SubscriberLoad,
  style: Style | undefined,
  { batch, handlerMs, tasks: least }: EstimateOptions,
): Consumer {
  const byFunction = style === undefined ? load.taker !== undefined : style !== 'ecs';
  const service = { name: load.spec.name, messages: load.messages, handlerMs };
  const isService = style === 'ecs';
  const tasks = isService ? tasksFor(service, least, MAX_SUBSCRIBER_TASKS) : 1;
  return {
    load,
    byFunction,
    tasks,
    needed: isService ? tasksFor(service, least) : 1,
    consumption: consumptionOf(load, { byFunction, programs: tasks, batch }),
  };
}

/** What runs around topic and queues: functions and containers, with what they write to logs; the order API apart. */
function serviceLines(
  consumers: readonly Consumer[],
  style: Style | undefined,
  options: EstimateOptions,
  api: ApiParts,
): CostLine[] {
  const { architecture } = options;
  const functions = [
    ...api.functions,
    ...consumers
      .filter(({ byFunction }) => byFunction)
      .map((consumer) => functionOf(consumer, options)),
  ];
  const containers = [
    ...api.containers,
    ...consumers
      .filter(() => style === 'ecs')
      .map(({ load: { spec, messages }, tasks }) => ({
        ...{ name: spec.name, messages, tasks },
        handlerMs: options.handlerMs,
        size: SUBSCRIBER_TASK,
      })),
  ];
  return [
    ...api.lines,
    ...functionLines(functions, architecture),
    ...containerLines(containers, architecture),
    ...api.tableLines,
    ...logLines([...containers, ...functions]),
  ];
}

type FunctionService = Parameters<typeof functionLines>[0][number];
type ContainerService = Parameters<typeof containerLines>[0][number] & Service;

/** The order API of a style: what runs it, what is before it, and where orders are kept. */
interface ApiParts {
  readonly functions: readonly FunctionService[];
  readonly containers: readonly ContainerService[];
  readonly lines: readonly CostLine[];
  readonly tableLines: readonly CostLine[];
}

const NO_API: ApiParts = { functions: [], containers: [], lines: [], tableLines: [] };

function apiParts(
  consumers: readonly Consumer[],
  { topics }: Workload,
  types: number,
  style: Style | undefined,
  options: EstimateOptions,
): ApiParts {
  if (style === undefined || !options.hasOrderApi) return NO_API;
  const { handlerMs, tasks, memoryMb = options.builtMemoryMb } = options;
  const requests = topics.reduce((total, { events }) => total + events, 0);
  const service = { name: API, messages: requests, handlerMs };
  if (style !== 'serverless') {
    const container = { ...service, tasks: tasksFor(service, tasks), size: API_TASK };
    const tableLines = databaseIn(style, options.database) === 'rds' ? databaseLines() : [];
    return { ...NO_API, containers: [container], lines: balancerLines(requests), tableLines };
  }
  const created = requests / types;
  const handled = consumers.reduce(
    (total, { load: { taker, messages } }) => total + (taker === undefined ? messages : 0),
    0,
  );
  return {
    ...NO_API,
    functions: [
      { ...service, batch: 1, memoryMb },
      { ...service, name: 'schedule', messages: SWEEPS, batch: 1, memoryMb },
    ],
    lines: httpApiLines(requests),
    tableLines:
      databaseIn(style, options.database) === 'dynamodb'
        ? orderTableLines(created, requests - created, handled)
        : [],
  };
}

function functionOf(
  { load, consumption }: Consumer,
  { handlerMs, memoryMb, builtMemoryMb }: EstimateOptions,
) {
  return {
    name: load.spec.name,
    messages: load.messages,
    handlerMs,
    batch: consumption.invocation,
    memoryMb: memoryMb ?? load.taker?.memory ?? builtMemoryMb,
  };
}

/** What functions of the file write into its tables. */
function tableWrites(consumers: readonly Consumer[], topology: Topology) {
  return consumers.flatMap(({ load, byFunction }) => {
    const { taker, messages, eventBytes: bytes, spec } = load;
    if (!byFunction || taker === undefined) return [];
    return topology.tables
      .filter(({ key }) => /write/.test(taker.tables[key] ?? ''))
      .map(() => ({ name: spec.name, messages, bytes }));
  });
}

function freeTier(lines: readonly CostLine[]): FreeLine[] {
  return FREE_TIER.flatMap(({ name, quantity, of }) => {
    let left = quantity;
    let dollars = 0;
    for (const priced of of) {
      const used = lines.reduce(
        (all, each) => all + (each.priced === priced ? each.quantity : 0),
        0,
      );
      const taken = Math.min(left, used);
      left -= taken;
      dollars += priceOf(priced, taken);
    }
    return dollars === 0 ? [] : [{ name, quantity: quantity - left, dollars }];
  });
}
