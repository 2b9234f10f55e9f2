import { type TaskSize, VCPU_UNITS } from '../definition/styles.ts';
import { MONTH_HOURS, type Priced } from '../rules/prices.ts';
import { MONTH_SECONDS } from './consumption.ts';
import { type CostLine, costLines, type LineParts, per, times } from './cost-line.ts';
import { inGb } from './messaging-cost.ts';

/** What processors functions and containers run on. */
export const ARCHITECTURES = ['x86_64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

const COMPUTE = {
  x86_64: { function: 'lambdaX86', cpu: 'fargateX86Cpu', memory: 'fargateX86Memory' },
  arm64: { function: 'lambdaArm', cpu: 'fargateArmCpu', memory: 'fargateArmMemory' },
} as const satisfies Readonly<Record<Architecture, Readonly<Record<string, Priced>>>>;

/** Bytes that Lambda writes to the log for an invocation: START, END and REPORT. */
const INVOCATION_LOG_BYTES = 350;
/** Bytes that a handler writes for a message. */
const MESSAGE_LOG_BYTES = 200;
/** Messages that a container handles at once. */
const TASK_CONCURRENCY = 10;

/** What handles messages or requests, as a function or in containers. */
export interface Service {
  readonly name: string;
  /** Messages or requests a month. */
  readonly messages: number;
  /** Milliseconds of work for each. */
  readonly handlerMs: number;
}

/** Functions: requests by batch, GB-seconds by the work for each message. */
export function functionLines(
  services: readonly (Service & { readonly batch: number; readonly memoryMb: number })[],
  architecture: Architecture,
): CostLine[] {
  const parts = services.flatMap(({ name, messages, handlerMs, batch, memoryMb }): LineParts[] => {
    const of = { part: 'functions', of: name };
    const all = times(messages, 'messages');
    const seconds = times(handlerMs / 1000, 's');
    return [
      { ...of, what: 'invoke', priced: 'lambdaRequest', factors: [all, per(batch, 'a batch')] },
      {
        ...of,
        what: 'run',
        priced: COMPUTE[architecture].function,
        factors: [all, seconds, times(memoryMb / 1024, 'GB')],
      },
    ];
  });
  return costLines(parts, 'functions');
}

/**
 * Tasks that a service has where its work comes evenly: as many as it needs, never fewer than are asked for, and not more
 * than it grows to by itself.
 */
export function tasksFor(
  { messages, handlerMs }: Service,
  least: number,
  most = Number.POSITIVE_INFINITY,
): number {
  const atOnce = ((messages / MONTH_SECONDS) * handlerMs) / 1000;
  return Math.max(least, Math.min(most, Math.ceil(atOnce / TASK_CONCURRENCY)));
}

/** Containers, paid for by the hour whether there is work or not, each with a public address. */
export function containerLines(
  services: readonly { readonly name: string; readonly tasks: number; readonly size: TaskSize }[],
  architecture: Architecture,
): CostLine[] {
  const parts = services.flatMap(({ name, tasks, size }): LineParts[] => {
    const of = { part: 'containers', of: name };
    const hours = [times(MONTH_HOURS, 'hours'), times(tasks, 'tasks')];
    const cpus = times(size.cpu / VCPU_UNITS, 'vCPU');
    const gigabytes = times(size.memory / 1024, 'GB');
    const { cpu, memory } = COMPUTE[architecture];
    return [
      { ...of, what: 'processors', priced: cpu, factors: [...hours, cpus] },
      { ...of, what: 'memory', priced: memory, factors: [...hours, gigabytes] },
      { ...of, what: 'public addresses', priced: 'publicAddress', factors: hours },
    ];
  });
  return costLines(parts, 'services');
}

/** What services write to their logs. @param batch messages of an invocation; undefined in containers. */
export function logLines(services: readonly (Service & { readonly batch?: number })[]): CostLine[] {
  const parts = services.map(({ name, messages, batch }): LineParts => {
    const bytes = MESSAGE_LOG_BYTES + (batch === undefined ? 0 : INVOCATION_LOG_BYTES / batch);
    const factors = [times(messages, 'messages'), ...inGb(Math.round(bytes))];
    return { part: 'logs', what: 'write', of: name, priced: 'logs', factors };
  });
  return costLines(parts, 'services');
}
