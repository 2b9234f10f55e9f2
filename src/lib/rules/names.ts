import { usageError } from './errors.ts';
import { MAX_QUEUE_NAME_LENGTH, MAX_TOPIC_NAME_LENGTH } from './limits.ts';

/** The parts of an ARN that this project needs (IAM User Guide, "Amazon Resource Names"). */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/**
 * Takes an ARN apart.
 * @returns undefined when the text is not an ARN.
 */
export function parseArn(text: string): Arn | undefined {
  const [prefix, partition, service, region, account, ...rest] = text.split(':');
  if (prefix !== 'arn' || !partition || !service || region === undefined || account === undefined) {
    return undefined;
  }
  const resource = rest.join(':');
  return resource ? { partition, service, region, account, resource } : undefined;
}

/** The name that an ARN ends with; the text itself where it is not an ARN. */
export function nameOfArn(arn: string): string {
  return parseArn(arn)?.resource ?? arn;
}

/**
 * The ARN of a topic in the account and region of a target, without asking the target.
 * @param identity `account` unknown (an endpoint without STS) becomes the account of zeros that such endpoints use.
 */
export function topicArn(
  identity: {
    readonly account: string | undefined;
    readonly arn: string | undefined;
    readonly region: string;
  },
  topic: string,
): string {
  const partition = (identity.arn && parseArn(identity.arn)?.partition) || 'aws';
  return `arn:${partition}:sns:${identity.region}:${identity.account ?? '000000000000'}:${topic}`;
}

/** The name of the queue that a URL ending in `/<account>/<name>` addresses. */
export function queueNameFromUrl(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

const NAME = /^[A-Za-z0-9_-]+(\.fifo)?$/;

/**
 * Checks a queue name against CreateQueue's rules: 1 to 80 of letters, digits, `-` and `_`, and `.fifo` at the end
 * of a FIFO queue's.
 * @throws AppError (exit 2) that names the rule.
 */
export function assertQueueName(name: string): void {
  assertName(name, 'Queue', MAX_QUEUE_NAME_LENGTH);
}

/**
 * Checks a topic name against CreateTopic's rules: 1 to 256 of letters, digits, `-` and `_`, and `.fifo` at the end
 * of a FIFO topic's.
 * @throws AppError (exit 2) that names the rule.
 */
export function assertTopicName(name: string): void {
  assertName(name, 'Topic', MAX_TOPIC_NAME_LENGTH);
}

function assertName(name: string, kind: 'Queue' | 'Topic', max: number): void {
  if (name.length > max) {
    throw usageError(
      `${kind} name "${name}" has ${name.length} characters; AWS allows ${max}.`,
      kind === 'Queue'
        ? 'Give it a name of its own (queue: …), or a shorter name to the topology, the subscriber or --prefix.'
        : 'Give it a shorter name, or a shorter --prefix.',
      'InvalidName',
    );
  }
  if (!NAME.test(name)) {
    throw usageError(
      `${kind} name "${name}" is not one AWS accepts: letters, digits, "-" and "_" only.`,
      'Use a --prefix such as --prefix dev.',
      'InvalidName',
    );
  }
}
