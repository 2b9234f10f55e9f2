/** A message that a FIFO topic took for a repetition, answered like the first and did not deliver. */
export interface Repeat {
  readonly topicArn: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly deduplicationId: string;
  /** Of the message that was delivered under this id. */
  readonly messageId: string;
  /** What queues would have got. */
  readonly body: string;
}

/** Repetitions that are kept, and characters of their bodies. */
const MOST = 1_000;
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** The latest repetitions, in memory, oldest first: SNS tells nobody of them, and a publisher that reuses ids loses events. */
export class Repeats {
  readonly #kept: Repeat[] = [];
  #characters = 0;

  add(repeat: Repeat): void {
    this.#kept.push(repeat);
    this.#characters += repeat.body.length;
    while (this.#kept.length > MOST || this.#characters > MOST_CHARACTERS) {
      const oldest = this.#kept.shift();
      if (oldest === undefined) return;
      this.#characters -= oldest.body.length;
    }
  }

  /** Those of one topic. */
  of(topicArn: string): readonly Repeat[] {
    return this.#kept.filter((each) => each.topicArn === topicArn);
  }
}
