import { AppError } from '../rules/errors.ts';
import { RESERVED_ENVIRONMENT_NAMES } from '../rules/functions.ts';
import type { TopologyReport } from './report.ts';

/** Ways in which an environment is written down. */
export const ENVIRONMENT_FORMATS = ['dotenv', 'ecs', 'lambda'] as const;
export type EnvironmentFormat = (typeof ENVIRONMENT_FORMATS)[number];

/** What programs have to find in their environment to use a topology, by variable. */
export type Environment = Readonly<Record<string, string>>;

/**
 * Names everything of a topology that programs are configured with: `TOPIC_ARN` (the first topic), `<TOPIC>_TOPIC_ARN`
 * where there are several, `<SUBSCRIBER>_QUEUE_URL`, `<TABLE>_TABLE`, and `AWS_REGION`; `AWS_ENDPOINT_URL` where the
 * target is not AWS.
 *
 * @throws AppError `NotSetUp` where something isn't there, `InvalidTopology` where two names give one variable
 */
export function environmentOf(
  report: TopologyReport,
  place: { readonly region: string; readonly endpoint?: string | undefined },
): Environment {
  const { topics, subscribers, tables = [] } = report;
  const named = topics.length > 1 ? topics : [];
  const entries: (readonly [variable: string, value: string])[] = [
    ...(place.endpoint === undefined ? [] : [['AWS_ENDPOINT_URL', place.endpoint] as const]),
    ['AWS_REGION', place.region],
    ...topics.slice(0, 1).map(({ name, arn }) => ['TOPIC_ARN', there('topic', name, arn)] as const),
    ...named.map(
      ({ key, name, arn }) => [`${variable(key)}_TOPIC_ARN`, there('topic', name, arn)] as const,
    ),
    ...subscribers.map(
      ({ name, queueUrl }) =>
        [`${variable(name)}_QUEUE_URL`, there('queue of subscriber', name, queueUrl)] as const,
    ),
    ...tables.map(
      ({ key, name, arn }) =>
        [`${variable(key)}_TABLE`, there('table', name, arn) && name] as const,
    ),
  ];
  const twice = entries.find(([name], index) => entries.findIndex(([n]) => n === name) < index);
  if (twice) {
    throw new AppError({
      code: 'InvalidTopology',
      message: `Two names of the topology give the same variable: ${twice[0]}.`,
      hint: 'Rename one of them: letters are made upper case, and all but letters and digits become "_".',
    });
  }
  return Object.fromEntries(entries);
}

/**
 * Writes an environment down: lines for a `.env` file, the `environment` of an ECS container definition, or the
 * `Environment` of a Lambda function, without what Lambda sets by itself and refuses.
 */
export function environmentLines(environment: Environment, format: EnvironmentFormat): string[] {
  const entries = Object.entries(environment);
  if (format === 'dotenv') return entries.map(([name, value]) => `${name}=${value}`);
  const value =
    format === 'ecs'
      ? entries.map(([name, each]) => ({ name, value: each }))
      : {
          Variables: Object.fromEntries(
            entries.filter(([name]) => !RESERVED_ENVIRONMENT_NAMES.includes(name)),
          ),
        };
  return JSON.stringify(value, null, 2).split('\n');
}

/** A name as a part of a variable's name (POSIX, "Environment Variable Definition"). */
function variable(name: string): string {
  return name
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '_')
    .replace(/^(?=\d)/, '_');
}

function there(what: string, name: string, address: string | null): string {
  if (address !== null) return address;
  throw new AppError({
    code: 'NotSetUp',
    message: `The ${what} "${name}" is not there, so its address can't be printed.`,
    hint: 'Create what is missing with: pubsub setup',
  });
}
