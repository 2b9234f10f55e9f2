import type { Engine } from '../engine.ts';
import type { LambdaState } from '../services/lambda/state.ts';
import type { FunctionTally } from '../services/lambda/tally.ts';
import { metric } from './metric.ts';

/** A function in figures, counted since the engine started. */
export interface FunctionFigures extends FunctionTally {
  readonly functionArn: string;
  /** Invocations under way. */
  readonly running: number;
  /** Invocations at a time that are set aside for it; null for none. */
  readonly reserved: number | null;
}

/** An event source mapping as it works. */
export interface MappingFigures {
  readonly uuid: string;
  readonly queueArn: string;
  readonly functionArn: string;
  readonly enabled: boolean;
  /** Why it can't work at present; null while it can. */
  readonly problem: string | null;
  /** Batches under way, and how many may be at present. */
  readonly batches: number;
  readonly concurrency: number;
}

/** Functions and mappings in figures. */
export interface FunctionsInFigures {
  /** Processes that run functions: at work, waiting for work, and as many as there may be. */
  readonly environments: { readonly busy: number; readonly idle: number; readonly most: number };
  readonly functions: readonly FunctionFigures[];
  readonly mappings: readonly MappingFigures[];
}

/** The figures of every function and mapping, and the engine's time that they hold for. */
export function functionFigures({
  clock,
  lambda,
}: Engine): FunctionsInFigures & { readonly time: number } {
  const { busy, size, most } = lambda.environments;
  return {
    time: clock.timestamp(),
    environments: { busy, idle: size - busy, most },
    functions: [...lambda.functions.values()].map(
      ({ arn, reserved }): FunctionFigures => ({
        functionArn: arn,
        running: lambda.running.get(arn) ?? 0,
        reserved,
        ...lambda.tallies.of(arn),
      }),
    ),
    mappings: mappingFigures(lambda),
  };
}

function mappingFigures({ mappings, pollers }: LambdaState): MappingFigures[] {
  return [...mappings.values()].map(({ uuid, queueArn, functionArn, enabled }) => {
    const poller = pollers.get(uuid);
    return {
      uuid,
      queueArn,
      functionArn,
      enabled,
      problem: poller?.problem ?? null,
      batches: poller?.batches ?? 0,
      concurrency: poller?.concurrency ?? 0,
    };
  });
}

/** Functions and mappings as Prometheus reads them. */
export function functionMetrics(engine: Engine): string[] {
  const { environments, functions, mappings } = functionFigures(engine);
  const counted = (name: string, value: (figures: FunctionFigures) => number): string[] =>
    functions.map((each) => `${name}{${labelsOf(each.functionArn)}} ${value(each)}`);
  const count = (name: string, help: string, value: (figures: FunctionFigures) => number) =>
    metric(name, 'counter', help, counted(name, value));
  return [
    ...count('pubsub_function_invocations_total', 'Invocations that ended.', (f) => f.invocations),
    ...count('pubsub_function_errors_total', 'Invocations that failed.', (f) => f.errors),
    ...count('pubsub_function_throttles_total', 'Invocations refused.', (f) => f.throttles),
    ...count('pubsub_function_cold_starts_total', 'Processes started.', (f) => f.coldStarts),
    ...count('pubsub_function_seconds_total', 'Time spent on invocations.', (f) => f.seconds),
    ...metric(
      'pubsub_function_concurrent_executions',
      'gauge',
      'Invocations under way.',
      counted('pubsub_function_concurrent_executions', ({ running }) => running),
    ),
    ...metric('pubsub_function_environments', 'gauge', 'Processes that run functions.', [
      `pubsub_function_environments{state="busy"} ${environments.busy}`,
      `pubsub_function_environments{state="idle"} ${environments.idle}`,
    ]),
    ...metric(
      'pubsub_mapping_up',
      'gauge',
      'Whether an event source mapping is on and can work.',
      mappings.map(
        (each) =>
          `pubsub_mapping_up{${mappingLabels(each)}} ${each.enabled && each.problem === null ? 1 : 0}`,
      ),
    ),
    ...metric(
      'pubsub_mapping_batches',
      'gauge',
      'Batches of an event source mapping under way.',
      mappings.map((each) => `pubsub_mapping_batches{${mappingLabels(each)}} ${each.batches}`),
    ),
  ];
}

/** @param arn of a function, with version or alias where one is named. */
function labelsOf(arn: string): string {
  const [, , , region, account, , ...name] = arn.split(':');
  return `account="${account}",region="${region}",function="${name.join(':')}"`;
}

function mappingLabels({ uuid, queueArn, functionArn }: MappingFigures): string {
  return `${labelsOf(functionArn)},queue="${queueArn.split(':')[5]}",uuid="${uuid}"`;
}
