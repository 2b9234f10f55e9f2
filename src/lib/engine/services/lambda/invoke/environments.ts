import type { Environment } from '../runtime/environment.ts';
import type { LogStreamWriter } from './log-stream.ts';

/** An execution environment with its log stream. */
export interface Warm {
  environment: Environment;
  readonly log: LogStreamWriter;
  /** When its keys stop being good, on the engine's time line. */
  readonly keysUntil: number;
  /** Whether it has run an invocation. */
  used: boolean;
  /** Starts its process anew. @param initTimeoutMs how long that may take, in milliseconds */
  restart(initTimeoutMs: number): Promise<Environment>;
}

/** What an environment is wanted for. */
export interface EnvironmentWish {
  /** ARN and version: environments are shared by nothing else. */
  readonly key: string;
  /** Changes with the version's settings and code: environments of another revision are thrown away. */
  readonly revision: string;
  /** Environments whose keys end before this moment of the engine's time are thrown away. */
  readonly keysNeededUntil: number;
  start(): Promise<Warm>;
}

/** How long an environment without work is kept, in milliseconds. */
const IDLE_MS = 300_000;

/** The engine ends or begins anew: nothing is run any more. */
export class EnvironmentsClosed extends Error {
  override name = 'EnvironmentsClosed';
}

interface Kept {
  readonly key: string;
  readonly revision: string;
  readonly warm: Warm;
  idleTimer?: NodeJS.Timeout;
}

interface Waiting {
  readonly wish: EnvironmentWish;
  readonly go: () => void;
}

/**
 * The execution environments of all functions. An environment has one invocation at a time and is kept for the next;
 * there are at most `most` of them on this machine, and an invocation that finds none waits for its turn.
 */
export class Environments {
  readonly most: number;
  readonly #idle: Kept[] = [];
  /** Those at work that will be kept. */
  readonly #busy = new Map<Warm, Kept>();
  /** Those at work that will not. */
  readonly #retired = new Set<Warm>();
  readonly #waiting: Waiting[] = [];
  readonly #ending = new Set<Promise<void>>();
  /** Called when none works or starts any more. */
  #onFree: () => void = () => undefined;
  #starting = 0;
  #closed = false;

  constructor(most: number) {
    this.most = most;
  }

  /** How many work or start. */
  get busy(): number {
    return this.#busy.size + this.#retired.size + this.#starting;
  }

  /** How many there are. */
  get size(): number {
    return this.#idle.length + this.busy;
  }

  /** An environment that is this caller's until `release`. @throws EnvironmentsClosed, and what `start` throws */
  async acquire(wish: EnvironmentWish): Promise<Warm> {
    for (;;) {
      if (this.#closed) throw new EnvironmentsClosed();
      const kept = this.#takeIdle(wish);
      if (kept !== undefined) {
        this.#busy.set(kept.warm, kept);
        return kept.warm;
      }
      if (this.size >= this.most && !this.#evict()) {
        await new Promise<void>((go) => this.#waiting.push({ wish, go }));
        continue;
      }
      return this.#start(wish);
    }
  }

  /** Gives an environment back, which is kept if it lives. */
  release(warm: Warm): void {
    const kept = this.#busy.get(warm);
    this.#busy.delete(warm);
    this.#retired.delete(warm);
    if (kept === undefined || this.#closed || !warm.environment.alive) this.#end(warm);
    else {
      kept.idleTimer = setTimeout(() => this.#drop(kept), IDLE_MS).unref();
      this.#idle.push(kept);
    }
    this.#next();
  }

  /** Throws away idle environments, and lets no busy one be kept. @param arn of a function, or of a version. */
  retire(arn: string): void {
    const isMeant = ({ key }: Kept) => key === arn || key.startsWith(`${arn}:`);
    for (const kept of this.#idle.filter(isMeant)) this.#drop(kept);
    for (const [warm, kept] of this.#busy) {
      if (!isMeant(kept)) continue;
      this.#busy.delete(warm);
      this.#retired.add(warm);
    }
  }

  /** Ends all of them at once, those at work and those that start as well, and starts no more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const kept of [...this.#idle]) this.#drop(kept);
    for (const warm of [...this.#busy.keys(), ...this.#retired]) this.#end(warm);
    for (const { go } of this.#waiting.splice(0)) go();
    if (this.busy > 0) {
      await new Promise<void>((resolve) => {
        this.#onFree = resolve;
      });
    }
    await Promise.all(this.#ending);
  }

  async #start(wish: EnvironmentWish): Promise<Warm> {
    this.#starting += 1;
    let isOver = false;
    try {
      const warm = await wish.start();
      const { key, revision } = wish;
      if (this.#closed) {
        this.#end(warm);
        throw new EnvironmentsClosed();
      }
      this.#busy.set(warm, { key, revision, warm });
      return warm;
    } catch (error) {
      isOver = true;
      throw error;
    } finally {
      this.#starting -= 1;
      if (isOver) this.#next();
    }
  }

  /** Somebody's place is free. */
  #next(): void {
    this.#waiting.shift()?.go();
    if (this.busy === 0) this.#onFree();
  }

  /** The one that was used last, since the others may be let go the sooner. */
  #takeIdle({ key, revision, keysNeededUntil }: EnvironmentWish): Kept | undefined {
    for (const kept of this.#idle.filter((each) => each.key === key).reverse()) {
      const { environment, keysUntil } = kept.warm;
      if (kept.revision === revision && environment.alive && keysUntil > keysNeededUntil) {
        this.#remove(kept);
        return kept;
      }
      this.#drop(kept);
    }
    return undefined;
  }

  /** Makes room by ending the environment that has been idle longest. */
  #evict(): boolean {
    const [oldest] = this.#idle;
    if (oldest === undefined) return false;
    this.#drop(oldest);
    return true;
  }

  #drop(kept: Kept): void {
    this.#remove(kept);
    this.#end(kept.warm);
  }

  #remove(kept: Kept): void {
    clearTimeout(kept.idleTimer);
    const index = this.#idle.indexOf(kept);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  #end({ environment, log }: Warm): void {
    const ending = environment.stop().then(() => log.flush());
    this.#ending.add(ending);
    void ending.finally(() => this.#ending.delete(ending));
  }
}
