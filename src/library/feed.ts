import type { Publisher, PublishItem } from '../lib/publish/publisher.ts';
import { AppError } from '../lib/rules/errors.ts';

/** Single events on their way through a publisher that takes streams. */
export interface Feed<E> {
  /** @returns SNS's message id. @throws AppError that says why SNS didn't take it. */
  publish(item: PublishItem<E>): Promise<string>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

interface Waiter {
  resolve(messageId: string): void;
  reject(error: unknown): void;
}

/** Makes one stream of what is published while others are under way, so that they share requests and their bound. */
export function createFeed<E>(
  publisher: Publisher<E>,
  options: { readonly linger: number; readonly retryFor?: number },
): Feed<E> {
  const queue: PublishItem<E>[] = [];
  const waiters = new Map<PublishItem<E>, Waiter>();
  let running: Promise<void> | undefined;
  let wake: () => void = () => {};

  /** Ends when everybody has an answer. */
  async function* source(): AsyncGenerator<PublishItem<E>> {
    while (waiters.size > 0) {
      const item = queue.shift();
      if (item !== undefined) yield item;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }

  const settle = (item: PublishItem<E>, end: (waiter: Waiter) => void): void => {
    const waiter = waiters.get(item);
    waiters.delete(item);
    if (waiter) end(waiter);
    wake();
  };

  const round = async (): Promise<unknown> => {
    try {
      const { fatal } = await publisher.publish(source(), {
        reopenGroups: true,
        ...options,
        onPublished: (item, messageId) => settle(item, ({ resolve }) => resolve(messageId)),
        onFailed: ({ item, kind, code, message }) => {
          const doubt = kind === 'unsure' ? ' SNS may have it all the same.' : '';
          const error = new AppError({ code, message: `${message}${doubt}` });
          settle(item, ({ reject }) => reject(error));
        },
      });
      return fatal;
    } catch (error) {
      return error;
    }
  };

  const run = async (): Promise<void> => {
    do {
      const fatal = await round();
      if (fatal === undefined) continue;
      queue.length = 0;
      for (const item of waiters.keys()) settle(item, ({ reject }) => reject(fatal));
      // What came after the source's end is for another round.
    } while (queue.length > 0);
    running = undefined;
  };

  return {
    publish(item) {
      return new Promise((resolve, reject) => {
        waiters.set(item, { resolve, reject });
        queue.push(item);
        wake();
        running ??= run();
      });
    },
    async idle() {
      while (running) await running;
    },
  };
}
