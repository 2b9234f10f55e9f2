/** What checks have found so far. */
export type Health = 'initial' | 'healthy' | 'unhealthy';

/** How something is checked. */
export interface HealthChecks {
  /** One check: true where it passed. It MUST settle. */
  probe(): Promise<boolean>;
  readonly intervalMs: number;
  /** Failures in a row that make it unhealthy. */
  readonly failures: number;
  /** Passes in a row that make something unhealthy healthy again. */
  readonly passes: number;
  /** How long failures of the beginning don't count, in milliseconds. */
  readonly graceMs: number;
  readonly onChange: (health: Health) => void;
}

/** How often something new is checked until it passes once, in milliseconds: on AWS the interval counts from the start. */
const FIRST_INTERVAL_MS = 500;

/**
 * Checks something until it is told to stop. What is new needs one pass to be healthy, as with load balancers and
 * containers; as long as it has none, checks come closer together than the interval, and it is unhealthy when the time
 * for so many failures is over.
 *
 * @returns stops it
 */
export function watchHealth(checks: HealthChecks): () => void {
  const { intervalMs, failures, passes, graceMs } = checks;
  const began = performance.now();
  let health: Health = 'initial';
  let inRow = 0;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  const become = (next: Health): void => {
    health = next;
    inRow = 0;
    checks.onChange(next);
  };
  const judge = (passed: boolean): void => {
    if (health === 'initial') {
      const isLate = performance.now() - began >= graceMs + failures * intervalMs;
      if (passed) become('healthy');
      else if (isLate) become('unhealthy');
      return;
    }
    const isSame = passed === (health === 'healthy');
    inRow = isSame ? 0 : inRow + 1;
    if (health === 'healthy' && inRow >= failures) become('unhealthy');
    else if (health === 'unhealthy' && inRow >= passes) become('healthy');
  };
  const check = async (): Promise<void> => {
    const passed = await checks.probe().catch(() => false);
    if (isStopped) return;
    judge(passed);
    const wait = health === 'initial' ? Math.min(FIRST_INTERVAL_MS, intervalMs) : intervalMs;
    timer = setTimeout(() => void check(), wait).unref();
  };
  void check();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
