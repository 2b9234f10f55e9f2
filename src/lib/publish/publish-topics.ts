import { batches } from '../aws/batches.ts';
import type { OutgoingEvent } from '../events/outgoing-event.ts';
import { AppError } from '../rules/errors.ts';
import type { PublishFailure, PublishItem, PublishOptions, PublishReport } from './publish-item.ts';
import type { Publisher } from './publisher.ts';

/** Events that are read ahead of one topic while another one is slower. */
const AHEAD = 500;

/** An event and the ARN of the topic that it goes to. */
export interface RoutedItem extends PublishItem {
  readonly topicArn: string;
}

/**
 * Publishes a stream of events to the topic of each: one run a topic, side by side, in the order of the stream within
 * each. What ends one run ends all of them: nothing more is read, and each event that was read is told as published or
 * failed.
 * @param publisherOf makes the publisher of a topic. @returns the sum of the runs.
 */
export async function publishToTopics(
  items: AsyncIterable<RoutedItem>,
  publisherOf: (topicArn: string) => Publisher,
  options: PublishOptions,
): Promise<PublishReport> {
  const ended = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, ended.signal]) : ended.signal;
  const untold = new Set<PublishItem>();
  const channels = new Map<string, Channel>();
  const runs: Promise<PublishReport>[] = [];
  const told: PublishOptions = {
    ...options,
    signal,
    onPublished(item, messageId) {
      untold.delete(item);
      options.onPublished?.(item, messageId);
    },
    onFailed(failure) {
      untold.delete(failure.item);
      options.onFailed?.(failure);
    },
  };
  const open = (topicArn: string): Channel => {
    const channel = createChannel();
    channels.set(topicArn, channel);
    const run = publisherOf(topicArn)
      .publish(channel.items, told)
      .finally(() => channel.leave())
      .then((report) => {
        if (report.fatal) ended.abort();
        return report;
      });
    // Awaited at the end; one that throws ends the others.
    run.catch(() => ended.abort());
    runs.push(run);
    return channel;
  };
  try {
    for await (const item of untilStopped(items, signal)) {
      untold.add(item);
      await (channels.get(item.topicArn) ?? open(item.topicArn)).put(item);
    }
  } finally {
    for (const channel of channels.values()) channel.close();
    await Promise.allSettled(runs);
  }
  return sum(await Promise.all(runs), untold, options);
}

/** The items until the signal aborts, also while the next one is waited for. */
async function* untilStopped(
  items: AsyncIterable<RoutedItem>,
  signal: AbortSignal,
): AsyncGenerator<RoutedItem> {
  const each = { entries: 1, bytes: Number.POSITIVE_INFINITY, linger: 0, signal };
  for await (const batch of batches(items, () => 0, each)) yield* batch;
}

function sum(
  reports: readonly PublishReport[],
  untold: ReadonlySet<PublishItem>,
  { onFailed }: PublishOptions,
): PublishReport {
  const fatal = reports.find((report) => report.fatal !== undefined)?.fatal;
  const { code, message } = fatal ?? NOT_SENT;
  for (const item of untold) {
    const failure: PublishFailure<OutgoingEvent> = {
      item,
      kind: 'unsent',
      code,
      message,
      fatal: true,
    };
    onFailed?.(failure);
  }
  const total = (count: (report: PublishReport) => number): number =>
    reports.reduce((all, report) => all + count(report), 0);
  return {
    published: total(({ published }) => published),
    failed: total(({ failed }) => failed) + untold.size,
    fatal,
  };
}

const NOT_SENT = new AppError({ code: 'NotSent', message: 'It was not sent.' });

/** What is read for one topic, until its run takes it. */
interface Channel {
  readonly items: AsyncIterable<PublishItem>;
  /** Waits while too much is ahead; drops what comes after the run has left. */
  put(item: PublishItem): Promise<void>;
  /** Nothing more comes. */
  close(): void;
  /** The run takes nothing more. */
  leave(): void;
}

function createChannel(): Channel {
  const waiting: PublishItem[] = [];
  let isClosed = false;
  let isLeft = false;
  let wake: () => void = () => {};
  let goOn: () => void = () => {};
  async function* take(): AsyncGenerator<PublishItem> {
    for (;;) {
      const item = waiting.shift();
      goOn();
      if (item !== undefined) yield item;
      else if (isClosed) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  return {
    items: take(),
    async put(item) {
      waiting.push(item);
      wake();
      while (waiting.length >= AHEAD && !isLeft) {
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
      }
    },
    close() {
      isClosed = true;
      wake();
    },
    leave() {
      isLeft = true;
      goOn();
    },
  };
}
