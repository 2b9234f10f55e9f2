/** A queue's policy that keeps a topic out: on AWS nothing of this topic arrives there. */
export interface PolicyNote {
  readonly topicArn: string;
  readonly queueArn: string;
  readonly reason: string;
  /** Whether the engine delivered all the same. */
  readonly delivered: boolean;
}

/** Notes kept at most. */
const MOST = 1000;

/** Which subscriptions a queue policy breaks, as far as deliveries showed; one that gets through again is forgotten. */
export class PolicyNotes {
  readonly #notes = new Map<string, PolicyNote>();
  readonly #onFirst: (note: PolicyNote) => void;

  /** @param onFirst is called once for each topic and queue */
  constructor(onFirst: (note: PolicyNote) => void = () => undefined) {
    this.#onFirst = onFirst;
  }

  get all(): readonly PolicyNote[] {
    return [...this.#notes.values()];
  }

  add(note: PolicyNote): void {
    const key = `${note.topicArn} ${note.queueArn}`;
    if (this.#notes.has(key) || this.#notes.size >= MOST) return;
    this.#notes.set(key, note);
    this.#onFirst(note);
  }

  /** The topic's messages arrive. */
  remove(topicArn: string, queueArn: string): void {
    if (this.#notes.size > 0) this.#notes.delete(`${topicArn} ${queueArn}`);
  }

  clear(): void {
    this.#notes.clear();
  }
}
