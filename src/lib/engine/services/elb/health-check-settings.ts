import type {
  CreateTargetGroupInput,
  ModifyTargetGroupInput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { unsupported } from '../../errors.ts';
import { validationError } from './errors.ts';
import type { HealthCheckSettings } from './serve/health-check.ts';

/** What target groups of HTTP have unless they say otherwise (`CreateTargetGroup`). */
const DEFAULTS: HealthCheckSettings = {
  HealthCheckPath: '/',
  HealthCheckIntervalSeconds: 30,
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 5,
  UnhealthyThresholdCount: 2,
  matcher: '200',
};
const BOUNDS = {
  HealthCheckIntervalSeconds: [5, 300],
  HealthCheckTimeoutSeconds: [2, 120],
  HealthyThresholdCount: [2, 10],
  UnhealthyThresholdCount: [2, 10],
} as const;
const MATCHER = /^[2-5]\d\d(?:-[2-5]\d\d)?(?:,[2-5]\d\d(?:-[2-5]\d\d)?)*$/;

/** How targets are checked. @param before what isn't given stays. @throws ServiceError `ValidationError` */
export function healthCheckOf(
  input: CreateTargetGroupInput | ModifyTargetGroupInput,
  before = DEFAULTS,
): HealthCheckSettings {
  refuseOthers(input);
  const checks: HealthCheckSettings = {
    HealthCheckPath: input.HealthCheckPath ?? before.HealthCheckPath,
    HealthCheckIntervalSeconds:
      input.HealthCheckIntervalSeconds ?? before.HealthCheckIntervalSeconds,
    HealthCheckTimeoutSeconds: input.HealthCheckTimeoutSeconds ?? before.HealthCheckTimeoutSeconds,
    HealthyThresholdCount: input.HealthyThresholdCount ?? before.HealthyThresholdCount,
    UnhealthyThresholdCount: input.UnhealthyThresholdCount ?? before.UnhealthyThresholdCount,
    matcher: input.Matcher?.HttpCode ?? before.matcher,
  };
  for (const name of Object.keys(BOUNDS) as (keyof typeof BOUNDS)[]) {
    const [least, most] = BOUNDS[name];
    if (checks[name] >= least && checks[name] <= most) continue;
    throw validationError(`${name} must be between ${least} and ${most}, and not ${checks[name]}`);
  }
  if (checks.HealthCheckTimeoutSeconds >= checks.HealthCheckIntervalSeconds) {
    throw validationError('Health check interval must be greater than the timeout.');
  }
  if (!checks.HealthCheckPath.startsWith('/')) {
    throw validationError(`Health check path '${checks.HealthCheckPath}' must begin with a '/'`);
  }
  if (!MATCHER.test(checks.matcher)) {
    throw validationError(`The matcher '${checks.matcher}' is no code or range of codes`);
  }
  return checks;
}

function refuseOthers(input: CreateTargetGroupInput | ModifyTargetGroupInput): void {
  const { HealthCheckProtocol: protocol = 'HTTP', HealthCheckPort: port = 'traffic-port' } = input;
  if (protocol !== 'HTTP') throw unsupported(`health checks over ${protocol}`);
  if (port !== 'traffic-port') throw unsupported(`health checks at a port of their own (${port})`);
  if (input.HealthCheckEnabled === false) {
    throw validationError(
      'Health check enabled must be true for target groups with target type ip',
    );
  }
}
