/** Decides, call by call, which of AWS's imperfections the engine shows. */
export interface FaultInjector {
  /** Asked for each message put into a standard queue: whether it will be delivered twice. */
  duplicates(): boolean;
  /**
   * Asked for each receive from a standard queue with `waiting` messages ready: how many of the oldest to pass over
   * before the first that is taken; 0 keeps the order, and it is always less than `waiting`.
   */
  skips(waiting: number): number;
}

/** No faults: what an engine does unless told otherwise. */
export const noFaults: FaultInjector = {
  duplicates: () => false,
  skips: () => 0,
};
