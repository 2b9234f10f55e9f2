/** Work that is done once, however often it becomes due before that. */
export interface Due {
  /** Does it after so many milliseconds at the latest. */
  within(milliseconds: number): void;
  cancel(): void;
}

/** Work that becomes due now and then. */
export function createDue(work: () => void): Due {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let at = Number.POSITIVE_INFINITY;
  const cancel = (): void => {
    clearTimeout(timer);
    at = Number.POSITIVE_INFINITY;
  };
  return {
    within(milliseconds) {
      const wanted = performance.now() + milliseconds;
      if (wanted >= at) return;
      clearTimeout(timer);
      at = wanted;
      timer = setTimeout(() => {
        at = Number.POSITIVE_INFINITY;
        work();
      }, milliseconds);
    },
    cancel,
  };
}
