import { request } from 'node:http';
import type { CreateTargetGroupCommandInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Target } from '../../../ports.ts';
import { type Health, watchHealth } from '../../../processes/watch-health.ts';

/** How targets are checked, with what is usual where nothing else is said. */
export type HealthCheckSettings = Required<
  Pick<
    CreateTargetGroupCommandInput,
    | 'HealthCheckPath'
    | 'HealthCheckIntervalSeconds'
    | 'HealthCheckTimeoutSeconds'
    | 'HealthyThresholdCount'
    | 'UnhealthyThresholdCount'
  >
> & {
  /** `200`, `200-299`, `200,302`. */
  readonly matcher: string;
};

/** Whether a status is among those of a matcher: `200`, `200-299`, `200,302`. */
export function matches(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const [least = '', most = least] = part.split('-');
    return status >= Number(least) && status <= Number(most);
  });
}

/**
 * Checks a target as its group says, until it is told to stop. @returns stops it
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function checkTarget(
  settings: HealthCheckSettings,
  target: Target,
  onChange: (health: Health) => void,
): () => void {
  return watchHealth({
    probe: () => probe(settings, target),
    intervalMs: settings.HealthCheckIntervalSeconds * 1000,
    failures: settings.UnhealthyThresholdCount,
    passes: settings.HealthyThresholdCount,
    graceMs: 0,
    onChange,
  });
}

function probe(settings: HealthCheckSettings, { host, port }: Target): Promise<boolean> {
  const { HealthCheckPath: path, HealthCheckTimeoutSeconds: seconds, matcher } = settings;
  return new Promise((resolve) => {
    const asked = request(
      {
        host,
        port,
        path,
        agent: false,
        headers: { 'user-agent': 'ELB-HealthChecker/2.0', connection: 'close' },
        signal: AbortSignal.timeout(seconds * 1000),
      },
      (answer) => {
        answer.resume();
        resolve(matches(matcher, answer.statusCode ?? 0));
      },
    );
    asked.once('error', () => resolve(false));
    asked.end();
  });
}
