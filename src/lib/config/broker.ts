import { type AppError, usageError } from '../rules/errors.ts';
import type { Broker } from './target.ts';

/** Ports of RabbitMQ by the scheme of its URL: AMQP 0-9-1 and the management plugin ("Networking and RabbitMQ"). */
const PORTS = {
  'amqp:': { amqp: 5672, management: 'http', managementPort: 15672 },
  'amqps:': { amqp: 5671, management: 'https', managementPort: 15671 },
} as const;

/** Whether a target is the URL of an AMQP broker. */
export function isBrokerUrl(text: string): boolean {
  return /^amqps?:\/\//i.test(text);
}

/**
 * Reads the URL of a broker ("RabbitMQ URI Specification"): without a user it is `guest`, without a path the vhost `/`.
 * @param managementUrl where the management plugin answers, if not at its usual port.
 * @throws AppError `InvalidBroker` (exit 2), whose words never have the URL in them: it may hold a password.
 */
export function readBroker(text: string, source: string, managementUrl?: string): Broker {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const ports = PORTS[url?.protocol as keyof typeof PORTS] as
    | (typeof PORTS)[keyof typeof PORTS]
    | undefined;
  const vhost = decoded(url?.pathname.slice(1));
  const username = decoded(url?.username);
  const password = decoded(url?.password);
  const isWhole = vhost !== undefined && username !== undefined && password !== undefined;
  if (!url?.hostname || !ports || !isWhole || url.search || url.hash) {
    throw usageError(
      `The URL of RabbitMQ (from ${source}) can't be read.`,
      'Such as amqp://user:password@localhost:5672/vhost, with %2F for a slash in the vhost.',
      'InvalidBroker',
    );
  }
  const port = url.port === '' ? ports.amqp : Number(url.port);
  const path = vhost === '' ? '' : `/${encodeURIComponent(vhost)}`;
  return {
    url: `${url.protocol}//${url.hostname}:${port}${path}`,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    tls: url.protocol === 'amqps:',
    vhost: vhost || '/',
    username: username || 'guest',
    password: username ? password : 'guest',
    managementUrl: managementUrl
      ? readManagementUrl(managementUrl)
      : `${ports.management}://${url.hostname}:${ports.managementPort}`,
  };
}

/** A URL of any kind as it may be shown: without the password, also where it can't be read. */
export function withoutPassword(text: string): string {
  // What makes it unreadable may be the password itself, such as a slash that isn't encoded.
  const secret = URL.canParse(text)
    ? /^([\w+.-]+:\/\/[^/:]*):[^/?#]*@/
    : /^([\w+.-]+:\/\/[^:@]*):.*@/s;
  return text.replace(secret, '$1:***@');
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function readManagementUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username || url.password) {
    throw usageError(
      'RABBITMQ_MANAGEMENT_URL is not an http or https URL without a user name and password.',
      'Such as http://localhost:15672; the user is that of the broker.',
      'InvalidBroker',
    );
  }
  return text.replace(/\/+$/, '');
}

/**
 * The refusal (exit 2) of what RabbitMQ hasn't.
 * @param why what is missing, as a sentence.
 */
export function notOnRabbitMq(why = 'It works on SNS and SQS alone.'): AppError {
  return usageError(
    `This can't be done on RabbitMQ. ${why}`,
    'What can: docs/rabbitmq.md. On SNS and SQS it works with: --target local',
    'NotOnRabbitMq',
  );
}
