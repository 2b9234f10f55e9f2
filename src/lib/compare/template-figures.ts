import { API_TASK, SUBSCRIBER_TASK, type TaskSize, VCPU_UNITS } from '../definition/styles.ts';
import type { FunctionSpec } from '../definition/topology.ts';
import { deployedName, hasOrderApi } from '../deploy/order-api.ts';
import type { Deployment } from '../deploy/template.ts';
import { templateYaml } from '../deploy/yaml.ts';

/** Functions of an account that run at once, unless AWS was asked for more ("Lambda quotas", concurrent executions). */
const ACCOUNT_CONCURRENCY = '1,000';

/** What a style's template says of it. */
export interface TemplateFigures {
  readonly resources: number;
  readonly types: number;
  readonly lines: number;
  /** In a few words each; null where there is no order API, or no subscriber with a handler. */
  readonly apiScales: string | null;
  readonly subscribersScale: string | null;
  readonly coldStarts: string;
  readonly timeLimit: string | null;
  /** The same in sentences. */
  readonly words: {
    readonly scaling: string;
    readonly coldStarts: string;
    readonly control: string;
  };
}

/** Reads the figures of a template as it is for AWS. */
export function templateFigures(deployment: Deployment): TemplateFigures {
  const resources = Object.values(deployment.template.Resources);
  const parts = partsOf(deployment);
  return {
    resources: resources.length,
    types: new Set(resources.map(({ Type }) => Type)).size,
    lines: templateYaml({ ...deployment.template })
      .trimEnd()
      .split('\n').length,
    apiScales: apiScales(parts),
    subscribersScale: subscribersScale(parts),
    coldStarts: parts.functions.length === 0 ? 'none' : counted(parts.functions.length, 'function'),
    timeLimit: timeLimit(parts),
    words: {
      scaling: scalingWords(parts),
      coldStarts: coldStartWords(parts),
      control: controlWords(parts),
    },
  };
}

/** What handles requests and messages in a style. */
interface Parts {
  readonly api: 'function' | 'service' | undefined;
  /** Functions that take from queues. */
  readonly takers: readonly FunctionSpec[];
  /** Those, and that of the order API. */
  readonly functions: readonly FunctionSpec[];
  readonly batchSizes: readonly number[];
  /** Batches at once that mappings are limited to. */
  readonly limits: readonly number[];
  /** Subscribers that are services. */
  readonly services: number;
  readonly tasks: { readonly least: number; readonly most: number; readonly backlog: number };
}

function partsOf({ style, topology, template, services }: Deployment): Parts {
  const mappings = topology.subscribers.flatMap(({ handler }) =>
    handler !== undefined && 'function' in handler ? [handler] : [],
  );
  const keys = new Set(mappings.map((each) => each.function));
  const takers = topology.functions.filter(({ key }) => keys.has(key));
  const isServerless = style === 'serverless';
  const api = hasOrderApi(topology) ? (isServerless ? 'function' : 'service') : undefined;
  const apiName = deployedName(topology, 'api');
  const apiFunctions = isServerless
    ? topology.functions.filter(({ name }) => name === apiName)
    : [];
  const property = (type: string, name: string): number => {
    const found = Object.values(template.Resources).find(({ Type }) => Type === type);
    return Number(found?.Properties[name] ?? 1);
  };
  const scaling = Object.values(template.Resources).find(
    ({ Type }) => Type === 'AWS::ApplicationAutoScaling::ScalingPolicy',
  )?.Properties.TargetTrackingScalingPolicyConfiguration as { TargetValue?: number } | undefined;
  return {
    api,
    takers,
    functions: [...takers, ...apiFunctions],
    batchSizes: mappings.map(({ batchSize }) => batchSize),
    limits: mappings.flatMap(({ maximumConcurrency }) => maximumConcurrency ?? []),
    services: services.length,
    tasks: {
      least: property('AWS::ApplicationAutoScaling::ScalableTarget', 'MinCapacity'),
      most: property('AWS::ApplicationAutoScaling::ScalableTarget', 'MaxCapacity'),
      backlog: scaling?.TargetValue ?? 0,
    },
  };
}

function apiScales({ api }: Parts): string | null {
  if (api === undefined) return null;
  return api === 'function' ? `${ACCOUNT_CONCURRENCY} at once` : '1 task';
}

function subscribersScale({ takers, limits, services, tasks }: Parts): string | null {
  if (services > 0) return `${tasks.most} tasks each`;
  if (takers.length === 0) return null;
  const isLimited = limits.length === takers.length;
  return `${isLimited ? Math.max(...limits) : ACCOUNT_CONCURRENCY} at once`;
}

function timeLimit({ takers, services }: Parts): string | null {
  if (services > 0) return 'none';
  if (takers.length === 0) return null;
  return `${range(takers.map(({ timeout }) => timeout))} s`;
}

function scalingWords({ api, takers, batchSizes, limits, services, tasks }: Parts): string {
  const said: string[] = [];
  if (api === 'function') {
    said.push(`The order API runs as often at once as there are requests.`);
  }
  if (api === 'service') said.push('The order API has 1 task until you ask for more.');
  if (takers.length > 0) {
    const most = limits.length > 0 ? `, ${range(limits)} batches at once where limited` : '';
    said.push(`Functions get batches of up to ${range(batchSizes)} messages${most}.`);
  }
  if (takers.length > 0 || api === 'function') {
    said.push(`All functions of an account together run ${ACCOUNT_CONCURRENCY} times at once.`);
  }
  if (services > 0) {
    const { least, most, backlog } = tasks;
    said.push(
      `Each subscriber has ${least} to ${most} tasks, one for ${backlog} messages that wait.`,
    );
  }
  return said.join(' ') || NOTHING_RUNS;
}

function coldStartWords({ api, functions, services }: Parts): string {
  if (functions.length === 0) {
    return services > 0 || api === 'service'
      ? 'None: tasks run all the time. A task that is added has to start first.'
      : NOTHING_RUNS;
  }
  const who =
    functions.length === 1 ? 'The function waits' : `Each of ${functions.length} functions waits`;
  const rest = api === 'service' ? ' The order API does not: its task runs all the time.' : '';
  return `${who} for a start where no process is free: after a pause, and whenever more run at once.${rest}`;
}

function controlWords({ api, takers, functions, services }: Parts): string {
  const said: string[] = [];
  if (functions.length > 0) {
    const runtimes = [...new Set(functions.map(({ runtime }) => runtime))].join(', ');
    said.push(`AWS patches the runtime of functions (${runtimes}).`);
  }
  if (takers.length > 0) {
    said.push(
      `A batch ends after ${range(takers.map(({ timeout }) => timeout))} s; a process may end after any.`,
    );
  }
  const sizes = [
    ...(api === 'service' ? [`the order API ${sizeWords(API_TASK)}`] : []),
    ...(services > 0 ? [`each subscriber ${sizeWords(SUBSCRIBER_TASK)}`] : []),
  ];
  if (sizes.length > 0) {
    said.push(
      `Of services you choose image, Node and base system, and patch them; work may take any time, and connections stay open. A task has: ${sizes.join(', ')}.`,
    );
  }
  return said.join(' ') || NOTHING_RUNS;
}

const NOTHING_RUNS = 'Nothing of this topology runs on AWS but topics and queues.';

function sizeWords({ cpu, memory }: TaskSize): string {
  return `${cpu / VCPU_UNITS} vCPU, ${memory} MB`;
}

function range(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? `${least}` : `${least} to ${most}`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
