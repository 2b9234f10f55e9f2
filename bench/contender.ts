import { setTimeout as sleep } from 'node:timers/promises';
import { DRAINS, type Handle } from './drains.ts';
import { PUBLISHES } from './publishes.ts';

/** What one contender has to do, in a process of its own. */
export interface Job {
  readonly kind: 'drain' | 'publish';
  readonly contender: string;
  readonly endpoint: string;
  /** The queue's URL, or the topic's ARN. */
  readonly place: string;
  readonly messages: number;
  /** Handlers at once: ten times as many. */
  readonly loops: number;
  /** Milliseconds of a handler; 0 for one that returns at once. Or of an uneven one: every so many events it is slow. */
  readonly handlerMs:
    | number
    | { readonly usual: number; readonly slow: number; readonly every: number };
}

/** Memory of the process at a point of its work, after a garbage collection, in MiB. */
export interface MemorySample {
  readonly messages: number;
  readonly rss: number;
  readonly heap: number;
}

export interface JobResult {
  readonly ms: number;
  readonly cpuMs: number;
  readonly maxRssMiB: number;
  readonly memory: readonly MemorySample[];
}

/** Messages between two looks at the memory. */
const MEMORY_STEP = 10_000;
const MIB = 2 ** 20;

function unevenMs(
  { usual, slow, every }: Exclude<Job['handlerMs'], number>,
  order: number,
): number {
  return order % every === 0 ? slow : usual;
}

async function work(job: Job): Promise<JobResult> {
  const { kind, contender, endpoint, place, messages, loops, handlerMs } = job;
  const memory: MemorySample[] = [];
  let handled = 0;
  const handle: Handle = async ({ order_id: orderId }) => {
    if (!(orderId > 0)) throw new Error('no order');
    handled += 1;
    if (handled % MEMORY_STEP === 0 && global.gc !== undefined) {
      global.gc();
      const { rss, heapUsed } = process.memoryUsage();
      memory.push({ messages: handled, rss: rss / MIB, heap: heapUsed / MIB });
    }
    const ms = typeof handlerMs === 'number' ? handlerMs : unevenMs(handlerMs, orderId);
    if (ms > 0) await sleep(ms);
  };
  const cpu = process.cpuUsage();
  const started = performance.now();
  if (kind === 'drain') {
    const drain = DRAINS[contender as keyof typeof DRAINS];
    await drain({ endpoint, queueUrl: place, messages, loops, handle });
  } else {
    await PUBLISHES[contender as keyof typeof PUBLISHES]({ endpoint, topicArn: place, messages });
  }
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  const maxRssMiB = process.resourceUsage().maxRSS / 1024;
  return { ms, cpuMs: (user + system) / 1000, maxRssMiB, memory };
}

const result = await work(JSON.parse(process.argv[2] ?? '') as Job);
process.send?.(result, () => process.exit(0));
