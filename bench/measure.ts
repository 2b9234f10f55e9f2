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

/**
 * Calls before measuring, so that every server's code is compiled: by hand, because the SDK would take minutes for as
 * many, and then some of those that are measured. A server that takes the SDK's only gets no more than these.
 */
const WARM_UP_CALLS = { raw: 4000, measured: 200, slow: 10 };

/** Servers take turns on a row in pieces of this many milliseconds, so that all meet the same machine. */
const TURN_MS = 250;

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

/** A server that takes part in a row. */
export interface Contender {
  readonly name: ServerName;
  readonly server: RunningServer;
  readonly step: Step;
  close(): void;
}

/** Makes what a workload needs on a running server, and warms it up. */
export async function enter(
  name: ServerName,
  server: RunningServer,
  workload: Workload,
  isRaw: boolean,
): Promise<Contender> {
  const clients = connect(server.endpoint);
  const raw = rawCalls(server.endpoint);
  const measured = isRaw ? raw : sdkCalls(clients);
  const close = () => {
    raw.close();
    clients.close();
  };
  const isSlow = name === 'moto';
  let current: Calls = isSlow ? measured : raw;
  const calls: Calls = {
    send: (...each) => current.send(...each),
    sendTen: (...each) => current.sendTen(...each),
    publish: (...each) => current.publish(...each),
    publishTen: (...each) => current.publishTen(...each),
    receiveTen: (...each) => current.receiveTen(...each),
    deleteAll: (...each) => current.deleteAll(...each),
  };
  try {
    const step = await prepare(name, server.endpoint, clients, calls, current, workload);
    const times = (number: number) => ({ calls: number, milliseconds: Number.POSITIVE_INFINITY });
    if (!isSlow) await repeat(step, times(WARM_UP_CALLS.raw));
    current = measured;
    await repeat(step, times(isSlow ? WARM_UP_CALLS.slow : WARM_UP_CALLS.measured));
    return { name, server, step, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** What a server did in its turns so far. */
interface Tally {
  messages: number;
  milliseconds: number;
  cpuMicros: number;
  isOver: boolean;
}

/** Measures servers on one row in turns, for so many seconds each. */
export async function measure(
  contenders: readonly Contender[],
  seconds: number,
): Promise<Map<ServerName, Sample>> {
  const tallies = new Map<Contender, Tally>(
    contenders.map((each) => [each, { messages: 0, milliseconds: 0, cpuMicros: 0, isOver: false }]),
  );
  const rounds = Math.max(1, Math.round((seconds * 1000) / TURN_MS));
  for (let round = 0; round < rounds; round += 1) {
    const order = [...tallies];
    for (const [contender, tally] of round % 2 === 0 ? order : order.reverse()) {
      if (!tally.isOver) await turn(contender, tally);
    }
  }
  return new Map(
    [...tallies].map(([{ name, server }, { messages, milliseconds, cpuMicros }]) => [
      name,
      {
        messagesPerSecond: (messages / milliseconds) * 1000,
        cpuMicrosPerMessage: cpuMicros / messages,
        residentMiB: residentMiB(server.pid),
      },
    ]),
  );
}

async function turn({ server, step }: Contender, tally: Tally): Promise<void> {
  const cpuBefore = cpuMicros(server.pid);
  const before = performance.now();
  const messages = await repeat(step, {
    calls: Number.POSITIVE_INFINITY,
    milliseconds: TURN_MS,
  });
  tally.isOver = messages === 0;
  tally.messages += messages;
  tally.milliseconds += performance.now() - before;
  // Of whole ticks: what one turn gets too much of, the next one gets less, because between them nothing is done.
  tally.cpuMicros += cpuMicros(server.pid) - cpuBefore;
}
