import type { Aws } from '../../aws/clients.ts';
import { type QueueInsight, readQueueInsights, readReceivers } from '../../aws/observer.ts';
import { getQueueAttributes } from '../../aws/queues.ts';
import { type CountedQueue, ratesOf } from '../../diagnose/status/status-rates.ts';
import { AppError } from '../../rules/errors.ts';
import { createLimit } from '../../topology/limit.ts';
import type { NodeFigures } from '../api/overview.ts';

/** A queue's counts, those that can be received first. */
export const COUNTED = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** A queue to count in. */
export interface CountableQueue {
  readonly arn: string;
  readonly url: string;
}

interface Counted extends CountedQueue {
  readonly depth: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly oldestAgeSeconds: number | null;
}

/** Reads the figures of queues again and again, and knows their rates from the reading before. */
export class FigureReader {
  readonly #aws: Aws;
  #before: ReadonlyMap<string, Counted> = new Map();
  #at = 0;
  #told = new Map<string, string>();

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  /**
   * The figures of all queues: two requests to an engine, one a queue elsewhere.
   * @returns by ARN; queues that may not be read are left out.
   */
  async read(queues: readonly CountableQueue[]): Promise<ReadonlyMap<string, NodeFigures>> {
    const [insights, receivers] = await Promise.all([
      readQueueInsights(this.#aws),
      readReceivers(this.#aws),
    ]);
    const counted = insights === undefined ? await this.#count(queues) : fromInsights(insights);
    const now = performance.now();
    const seconds = (now - this.#at) / 1000;
    const figures = new Map<string, NodeFigures>();
    for (const [arn, { depth, inFlight, delayed, oldestAgeSeconds, ...counters }] of counted) {
      const before = this.#before.get(arn);
      const counts = { depth, inFlight, delayed };
      const rates =
        before && seconds > 0 ? ratesOf(before, { ...counts, ...counters }, seconds) : undefined;
      figures.set(arn, {
        id: arn,
        ...counts,
        oldestAgeSeconds,
        rateIn: rates?.in ?? null,
        rateOut: rates?.out ?? null,
        receivers: receivers === undefined ? null : (receivers.get(arn)?.length ?? 0),
      });
    }
    this.#before = counted;
    this.#at = now;
    return figures;
  }

  /** Of figures, those that are others than when this was last asked. */
  changed(figures: ReadonlyMap<string, NodeFigures>): NodeFigures[] {
    const changed: NodeFigures[] = [];
    const told = new Map<string, string>();
    for (const [arn, figure] of figures) {
      const text = JSON.stringify(figure);
      told.set(arn, text);
      if (this.#told.get(arn) !== text) changed.push(figure);
    }
    this.#told = told;
    return changed;
  }

  async #count(queues: readonly CountableQueue[]): Promise<ReadonlyMap<string, Counted>> {
    const limit = createLimit();
    const read = queues.map(({ arn, url }) =>
      limit(async (): Promise<[string, Counted][]> => {
        const attributes = await getQueueAttributes(this.#aws, url, COUNTED).catch(unlessGone);
        if (attributes === undefined) return [];
        const [depth = 0, inFlight = 0, delayed = 0] = COUNTED.map((each) =>
          Number(attributes[each] ?? 0),
        );
        const unknown = { oldestAgeSeconds: null, arrived: null, left: null };
        return [[arn, { depth, inFlight, delayed, ...unknown }]];
      }),
    );
    return new Map((await Promise.all(read)).flat());
  }
}

/** A queue that may not be read has no figures; a target that is gone has none at all. */
function unlessGone(error: unknown): undefined {
  if (error instanceof AppError && error.code !== 'EndpointUnreachable') return undefined;
  throw error;
}

function fromInsights(insights: ReadonlyMap<string, QueueInsight>): ReadonlyMap<string, Counted> {
  return new Map(
    [...insights].map(([arn, { visible: depth, ...others }]) => [arn, { depth, ...others }]),
  );
}
