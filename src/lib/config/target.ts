/** SNS and SQS: `local` is the embedded engine, `endpoint` any compatible server, `aws` the real account. */
export type AwsTarget =
  | { readonly kind: 'local' }
  | ({ readonly kind: 'endpoint' } & Readonly<Record<Service, string>>)
  | { readonly kind: 'aws' };
/** Where commands go. */
export type Target = AwsTarget | { readonly kind: 'rabbitmq'; readonly broker: Broker };

/** A RabbitMQ server, and who one is there. */
export interface Broker {
  /** With the vhost, and without user and password: it may be shown. */
  readonly url: string;
  readonly hostname: string;
  readonly port: number;
  readonly tls: boolean;
  readonly vhost: string;
  readonly username: string;
  readonly password: string;
  /** Where the management plugin answers, without a slash at the end. */
  readonly managementUrl: string;
}

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
  's3',
  'ec2',
] as const;
export type Service = (typeof SERVICES)[number];

/** How the variables `AWS_ENDPOINT_URL_<…>` and the sections of profiles call a service (its id, "Service-specific endpoints"). */
export function endpointKey(service: Service): string {
  return service === 'logs' ? 'cloudwatch_logs' : service;
}

export const TARGET_NAMES = ['local', 'aws', 'rabbitmq'] as const;
/** Targets that are SNS and SQS. */
export type AwsTargetName = 'local' | 'aws';

/** Who and where a command talks to: the document of `whoami`, and part of other documents as `target`. */
export interface TargetIdentity {
  readonly target: AwsTarget['kind'];
  /** Twelve digits, or undefined where the endpoint has no STS. */
  readonly account: string | undefined;
  readonly arn: string | undefined;
  readonly region: string;
  /** The URL in use; undefined where the SDK picks AWS's own. */
  readonly endpoint: string | undefined;
}

/** Which RabbitMQ a command talks to, and as whom. */
export interface BrokerIdentity {
  readonly target: 'rabbitmq';
  readonly account: undefined;
  readonly arn: undefined;
  readonly region: undefined;
  /** The broker's URL without the password. */
  readonly endpoint: string;
  readonly user: string;
}

/** Who and where, whatever carries the messages. */
export type AnyIdentity = TargetIdentity | BrokerIdentity;
