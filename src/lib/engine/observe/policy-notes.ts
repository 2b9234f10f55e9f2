/** A queue's policy that keeps a topic out: on AWS nothing of this topic arrives there. */
export interface PolicyNote {
  readonly topicArn: string;
  readonly queueArn: string;
  readonly reason: string;
  /** Whether the engine delivered all the same. */
  readonly delivered: boolean;
}

/** What a role's policies don't allow, and the engine let pass: on AWS the call is refused. */
export interface RoleNote {
  /** Of the role's session. */
  readonly principalArn: string;
  /** As IAM writes it: `sqs:SendMessage`. */
  readonly action: string;
  readonly resource: string;
  /** Completes the sentence: `because no identity-based policy allows …`. */
  readonly reason: string;
}

/** Notes kept at most. */
const MOST = 1000;

/** What policies refuse, each once. */
export class Notes<Note> {
  readonly #notes = new Map<string, Note>();
  readonly #onFirst: (note: Note) => void;

  /** @param onFirst is called once for each key */
  constructor(onFirst: (note: Note) => void = () => undefined) {
    this.#onFirst = onFirst;
  }

  get all(): readonly Note[] {
    return [...this.#notes.values()];
  }

  add(key: string, note: Note): void {
    if (this.#notes.has(key) || this.#notes.size >= MOST) return;
    this.#notes.set(key, note);
    this.#onFirst(note);
  }

  get isEmpty(): boolean {
    return this.#notes.size === 0;
  }

  /** It holds no longer. */
  remove(key: string): void {
    this.#notes.delete(key);
  }

  clear(): void {
    this.#notes.clear();
  }
}
