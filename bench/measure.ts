import { performance } from 'node:perf_hooks';
import { type Calls, sdkCalls } from './calls.ts';
import { type Clients, CONCURRENCY, connect } from './clients.ts';
import { fixSnsAnswer, fixSqsAnswers } from './fixed-answers.ts';
import { cpuMicros, residentMiB } from './process-usage.ts';
import { rawCalls } from './raw-calls.ts';
import type { RunningServer, ServerName } from './servers.ts';
import type { Step, Workload } from './workloads.ts';

/** One row of one server in one run. */
export interface Sample {
  readonly messagesPerSecond: number;
  /** CPU time of the server for one message, in microseconds. */
  readonly cpuMicrosPerMessage: number;
  /** Resident memory of the server at the end of the row, in MiB. */
  readonly residentMiB: number;
}

/** Calls before measuring, so that every server's code is compiled; a slow server gets no more than so long. */
const WARM_UP = { sdk: 1000, raw: 4000, milliseconds: 3000 };

/** Repeats the step on all connections within bounds, or until it has nothing left; gives the messages moved. */
export async function repeat(
  step: Step,
  limit: { calls: number; milliseconds: number },
): Promise<number> {
  const deadline = performance.now() + limit.milliseconds;
  let calls = 0;
  let messages = 0;
  const worker = async () => {
    while (calls < limit.calls && performance.now() < deadline) {
      calls += 1;
      const moved = await step();
      if (moved === 0) return;
      messages += moved;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return messages;
}

async function prepare(
  name: ServerName,
  endpoint: string,
  clients: Clients,
  calls: Calls,
  fillCalls: Calls,
  workload: Workload,
): Promise<Step> {
  if (name !== 'bare') return workload.prepare(clients, calls, fillCalls);
  await fixSqsAnswers(endpoint);
  await fixSnsAnswer(endpoint, 'CreateTopic');
  const step = await workload.prepare(clients, calls, fillCalls);
  if (workload.snsAction !== undefined) await fixSnsAnswer(endpoint, workload.snsAction);
  return step;
}

/** Measures one workload on a running server for so many seconds, after a warm-up, with the SDK or with calls written by hand. */
export async function measure(
  name: ServerName,
  server: RunningServer,
  workload: Workload,
  options: { seconds: number; raw: boolean },
): Promise<Sample> {
  const clients = connect(server.endpoint);
  const raw = rawCalls(server.endpoint);
  const calls = options.raw ? raw : sdkCalls(clients);
  try {
    const step = await prepare(name, server.endpoint, clients, calls, raw, workload);
    await repeat(step, {
      calls: options.raw ? WARM_UP.raw : WARM_UP.sdk,
      milliseconds: WARM_UP.milliseconds,
    });
    const cpuBefore = cpuMicros(server.pid);
    const before = performance.now();
    const messages = await repeat(step, {
      calls: Number.POSITIVE_INFINITY,
      milliseconds: options.seconds * 1000,
    });
    const elapsed = performance.now() - before;
    return {
      messagesPerSecond: (messages / elapsed) * 1000,
      cpuMicrosPerMessage: (cpuMicros(server.pid) - cpuBefore) / messages,
      residentMiB: residentMiB(server.pid),
    };
  } finally {
    raw.close();
    clients.close();
  }
}
