import type { ConsumeMessage } from 'amqplib';

/** Milliseconds within which the messages that are there follow the first one. */
const FOLLOW_MS = 20;

/** Messages of one receive, which ends when it has as many as it may have, or no more come. */
export class Gathering {
  readonly messages: ConsumeMessage[] = [];
  readonly ended: Promise<void>;
  end: () => void = () => {};
  private readonly max: number;
  private follow: NodeJS.Timeout | undefined;

  constructor(max: number) {
    this.max = max;
    this.ended = new Promise((resolve) => {
      this.end = () => {
        clearTimeout(this.follow);
        resolve();
      };
    });
  }

  add(message: ConsumeMessage): void {
    this.messages.push(message);
    if (this.messages.length >= this.max) this.end();
    else this.follow ??= setTimeout(this.end, FOLLOW_MS);
  }
}
