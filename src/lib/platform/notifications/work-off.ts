/** What is due, and what is done with each of it. */
export interface Due<T> {
  /** So many at a time. */
  readonly most: number;
  /** Takes what is due, so that nobody else does. */
  take(most: number): Promise<readonly T[]>;
  work(item: T): Promise<void>;
}

/** Works off what is due until nothing is. @throws what one of them failed with, once those beside it ended */
export async function workOff<T>({ most, take, work }: Due<T>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const due = await take(most);
    const ends = await Promise.allSettled(due.map(work));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    if (due.length < most) return;
  }
}
