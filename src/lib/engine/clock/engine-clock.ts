import type { Clock, Scheduled } from '../clock.ts';
import { type HeapItem, IndexedHeap } from '../services/sqs/queue/indexed-heap.ts';
import { type MachineTime, machineTime, readTogether } from './machine-time.ts';
import { type ClockStep, WallTime } from './wall-time.ts';

/** How a clock begins. */
export interface ClockOptions {
  /** Stands still until it is advanced. */
  readonly frozen?: boolean;
  /** The wall-clock time that it begins at, in milliseconds since the epoch; the machine's unless given. */
  readonly startAt?: number;
}

/** What a clock needs to go on after a restart as if it had never stopped. */
export interface ClockRecord {
  /** Milliseconds by which it was advanced beyond the machine's wall clock. */
  readonly advanced: number;
  readonly frozen: boolean;
  readonly steps: readonly ClockStep[];
  /** Its time when this was written. */
  readonly now: number;
}

/** How long `advance` waits for work under way outside the engine, in real milliseconds. */
const WORK_TIMEOUT_MS = 2000;

interface Task extends HeapItem {
  readonly time: number;
  /** Tasks due at one time run in the order in which they were scheduled. */
  readonly order: number;
  readonly run: () => void;
}

/** The clock of an engine: it follows the machine's monotonic clock, and can be advanced and frozen. */
export class EngineClock implements Clock {
  /** Called when something changed that a restart would have to know. */
  onChange: () => void = () => undefined;
  readonly #machine: MachineTime;
  readonly #options: ClockOptions;
  readonly #tasks = new IndexedHeap<Task>(
    (a, b) => a.time < b.time || (a.time === b.time && a.order < b.order),
  );
  readonly #work = new Set<Promise<unknown>>();
  #wall = new WallTime();
  /** The engine's time when the wall clock was last looked at. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** The engine's time when the machine's monotonic clock showed `#since`. */
  #base = 0;
  #since = 0;
  #frozen = false;
  #advanced = 0;
  #order = 0;
  #stopped = false;
  /** Counts its beginnings and its end: what waited across one of them goes on no more. */
  #life = 0;
  #cancelTimer: () => void = () => undefined;
  /** The engine's time of the task that the machine's timer is for. */
  #timerFor = Number.POSITIVE_INFINITY;
  /** When that timer fires, or sooner one for what was forgotten, on the machine's monotonic clock. */
  #firesAt = Number.POSITIVE_INFINITY;

  constructor(options: ClockOptions = {}, machine: MachineTime = machineTime) {
    this.#machine = machine;
    this.#options = options;
    this.#begin();
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** Milliseconds by which it is ahead of the machine's wall clock; negative when it began in the past. */
  get advanced(): number {
    return this.#advanced;
  }

  now(): number {
    return Math.floor(this.#time());
  }

  timestamp(at?: number): number {
    // No step of the wall clock from now on changes what was before the last look at it.
    if (at !== undefined && at <= this.#lookedAt) return Math.floor(this.#wall.at(at));
    const now = this.now();
    this.#lookedAt = now;
    if (!this.#frozen && this.#wall.isStep(now, this.#machine.wall() + this.#advanced)) {
      const { monotonic, wall } = readTogether(this.#machine);
      const later = this.#base + monotonic - this.#since - now;
      if (this.#wall.observe(now, wall + this.#advanced - later)) this.onChange();
    }
    return Math.floor(this.#wall.at(at ?? now));
  }

  schedule(time: number, run: () => void): Scheduled {
    this.#order += 1;
    const task: Task = { time, order: this.#order, run, heapIndex: -1 };
    if (!this.#stopped) {
      this.#tasks.push(task);
      this.#arm();
    }
    return { cancel: () => this.#tasks.remove(task) };
  }

  track(work: Promise<unknown>): void {
    this.#work.add(work);
    const over = () => this.#work.delete(work);
    work.then(over, over);
  }

  stop(): void {
    this.#stopped = true;
    this.#life += 1;
    this.#cancelTimer();
    while (this.#tasks.shift() !== undefined);
  }

  /** Stands still from now on. */
  freeze(): void {
    if (this.#frozen) return;
    this.#base = this.now();
    this.#frozen = true;
    this.#disarm();
    this.onChange();
  }

  /** Goes on by itself, from the time that it stands at. */
  run(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    const { monotonic, wall } = readTogether(this.#machine);
    this.#since = monotonic;
    this.#advanced = this.#base + this.#wall.offset - wall;
    this.#arm();
    this.onChange();
  }

  /**
   * Goes on by `ms` at once; what is due on the way runs in order, each at its own time. Resolves when all of that is done.
   * Before it begins, and after each task that starts work outside the engine, it waits for that work, 2 s at most. A
   * reset or a stop meanwhile ends it where it is.
   */
  advance(ms: number): Promise<void> {
    const go = () => this.#advanceTo(this.#time() + ms);
    // What is under way may end in something due on the way, such as the next try of a delivery.
    return this.#work.size > 0 ? this.#afterWork(go) : go();
  }

  /** Begins anew, as when it was made; for a state that begins anew too. */
  reset(): void {
    while (this.#tasks.shift() !== undefined);
    // The machine's timer stays, and may fire for nothing: tests reset more often than anything is due.
    this.#timerFor = Number.POSITIVE_INFINITY;
    this.#wall = new WallTime();
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    this.#begin();
    this.onChange();
  }

  /** What `restore` takes. */
  record(): ClockRecord {
    const { frozen, advanced } = this;
    return { advanced, frozen, steps: this.#wall.steps, now: this.now() };
  }

  /**
   * Goes on from where an earlier clock was left: never before that, and by as much as the wall clock went on. It
   * stands still where either of them does.
   */
  restore({ advanced, frozen, steps, now }: ClockRecord): void {
    this.#wall = new WallTime(steps);
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    this.#advanced = advanced;
    this.#frozen = frozen || this.#options.frozen === true;
    const { monotonic, wall: machineWall } = readTogether(this.#machine);
    const wall = machineWall + advanced;
    const goesOnFrom = Math.max(now, wall - this.#wall.offset);
    this.#base = frozen ? now : this.#frozen ? Math.floor(goesOnFrom) : goesOnFrom;
    this.#since = monotonic;
    if (!this.#frozen) this.#wall.observe(Math.floor(this.#base), wall);
  }

  #begin(): void {
    this.#life += 1;
    const { startAt, frozen = false } = this.#options;
    const { monotonic, wall } = readTogether(this.#machine);
    // A clock that stands still stands at a whole millisecond, so that how far it is advanced alone says what is due.
    this.#base = startAt ?? (frozen ? Math.floor(wall) : wall);
    this.#advanced = this.#base - wall;
    this.#since = monotonic;
    this.#frozen = frozen;
  }

  #time(): number {
    return this.#frozen ? this.#base : this.#base + this.#machine.monotonic() - this.#since;
  }

  #advanceTo(end: number): Promise<void> {
    for (;;) {
      const next = this.#tasks.first;
      if (next === undefined || next.time > end) break;
      this.#jumpTo(next.time);
      this.#tasks.remove(next);
      next.run();
      if (this.#work.size > 0) return this.#afterWork(() => this.#advanceTo(end));
    }
    this.#jumpTo(end);
    this.#arm();
    this.onChange();
    return Promise.resolve();
  }

  #jumpTo(time: number): void {
    const ahead = time - this.#time();
    if (ahead <= 0) return;
    this.#base += ahead;
    this.#advanced += ahead;
    // The machine's timer was set for a moment that is nearer now, or past.
    this.#disarm();
  }

  async #afterWork(next: () => Promise<void>): Promise<void> {
    const life = this.#life;
    await this.#workDone();
    if (life === this.#life) await next();
  }

  async #workDone(): Promise<void> {
    const deadline = this.#machine.monotonic() + WORK_TIMEOUT_MS;
    while (this.#work.size > 0) {
      const left = deadline - this.#machine.monotonic();
      if (left <= 0) return;
      let cancel: () => void = () => undefined;
      const timeout = new Promise<void>((resolve) => {
        cancel = this.#machine.after(left, resolve);
      });
      await Promise.race([Promise.allSettled(this.#work), timeout]);
      cancel();
    }
  }

  /** One timer of the machine for whatever is due next. */
  #arm(): void {
    const next = this.#tasks.first?.time ?? Number.POSITIVE_INFINITY;
    if (this.#frozen || this.#stopped || next >= this.#timerFor) return;
    this.#timerFor = next;
    const now = this.#machine.monotonic();
    const firesAt = next - this.#base + this.#since;
    if (firesAt >= this.#firesAt) return;
    this.#cancelTimer();
    this.#firesAt = firesAt;
    this.#cancelTimer = this.#machine.after(firesAt - now, () => this.#runDue());
  }

  #disarm(): void {
    this.#cancelTimer();
    this.#timerFor = Number.POSITIVE_INFINITY;
    this.#firesAt = Number.POSITIVE_INFINITY;
  }

  #runDue(): void {
    this.#timerFor = Number.POSITIVE_INFINITY;
    this.#firesAt = Number.POSITIVE_INFINITY;
    try {
      for (;;) {
        const next = this.#tasks.first;
        // A timer may fire up to a millisecond early: a task MUST never see a time before its own.
        if (next === undefined || this.#frozen || next.time > this.now()) break;
        this.#tasks.remove(next);
        next.run();
      }
    } finally {
      this.#arm();
    }
  }
}
