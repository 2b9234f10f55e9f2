/** Where commands go. `local` is the embedded engine, `endpoint` any compatible server, `aws` the real account. */
export type Target =
  | { readonly kind: 'local' }
  | ({ readonly kind: 'endpoint' } & Readonly<Record<Service, string>>)
  | { readonly kind: 'aws' };

/** The services that commands call. */
export const SERVICES = [
  'sns',
  'sqs',
  'sts',
  'kms',
  'lambda',
  'dynamodb',
  'logs',
  'cloudwatch',
  'cloudformation',
] as const;
export type Service = (typeof SERVICES)[number];

/** How the variables `AWS_ENDPOINT_URL_<…>` and the sections of profiles call a service (its id, "Service-specific endpoints"). */
export function endpointKey(service: Service): string {
  return service === 'logs' ? 'cloudwatch_logs' : service;
}

export const TARGET_NAMES = ['local', 'aws'] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

/** Who and where a command talks to: the document of `whoami`, and part of other documents as `target`. */
export interface TargetIdentity {
  readonly target: Target['kind'];
  /** Twelve digits, or undefined where the endpoint has no STS. */
  readonly account: string | undefined;
  readonly arn: string | undefined;
  readonly region: string;
  /** The URL in use; undefined where the SDK picks AWS's own. */
  readonly endpoint: string | undefined;
}
