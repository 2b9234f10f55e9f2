import { delimiter, dirname } from 'node:path';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { TASK_PORTS_VARIABLE, writeTaskPorts } from '../../../../process/task-ports.ts';
import type { EcsState, TaskDefinition } from '../state.ts';

/** How long the keys of a task's role hold, in seconds: on AWS they are renewed, and a task may run for months. */
const KEYS_SECONDS = 10 * 365 * 24 * 3600;
/** Variables of the engine's own environment that a container gets: what finds programs and places for files. */
const PASSED = ['TMPDIR', 'TMP', 'TEMP', 'SYSTEMROOT', 'LD_LIBRARY_PATH'];
/** What would lead a container away from the engine, which is AWS for it. */
const LEADS_AWAY =
  /^(?:PUBSUB_TARGET|AWS_ENDPOINT_URL.*|AWS_IGNORE_CONFIGURED_ENDPOINT_URLS|AWS_PROFILE|AWS_CONFIG_FILE|AWS_SHARED_CREDENTIALS_FILE|(?:HTTPS?|ALL)_PROXY|NODE_OPTIONS)$/i;

/** A secret that can't be had: why the task doesn't start. */
export class SecretMissing extends Error {
  override name = 'SecretMissing';
}

/**
 * The environment of a container: its own, its secrets, the keys of its task's role, and where the engine is.
 *
 * @throws SecretMissing
 */
export function containerEnvironment(
  state: EcsState,
  definition: TaskDefinition,
  container: ContainerDefinition,
  at: {
    readonly taskId: string;
    readonly folder: string;
    readonly ports: ReadonlyMap<number, number>;
  },
): Record<string, string> {
  const { region } = definition;
  const passed = PASSED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const given = (container.environment ?? []).map(({ name = '', value = '' }) => [name, value]);
  const secrets = (container.secrets ?? []).map(({ name = '', valueFrom = '' }) => [
    name,
    secretValue(state, valueFrom),
  ]);
  const own = [...given, ...secrets].filter(([name = '']) => !LEADS_AWAY.test(name));
  return {
    ...Object.fromEntries(passed),
    LANG: 'C.UTF-8',
    NODE_ENV: 'production',
    ...keysOf(state, definition, at.taskId),
    ...(Object.fromEntries(own) as Record<string, string>),
    // The image has node on its path.
    PATH: [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter),
    // Nothing of this machine's user is in a container.
    HOME: at.folder,
    XDG_STATE_HOME: at.folder,
    XDG_CONFIG_HOME: at.folder,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    AWS_ENDPOINT_URL: state.host.endpoint ?? '',
    [TASK_PORTS_VARIABLE]: writeTaskPorts(at.ports),
  };
}

function keysOf(
  { roles }: EcsState,
  { input }: TaskDefinition,
  taskId: string,
): Record<string, string> {
  if (input.taskRoleArn === undefined) return {};
  const keys = roles.keysFor(input.taskRoleArn, taskId, KEYS_SECONDS);
  return {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
  };
}

/** `<secret ARN>`, or `<secret ARN>:<key of its JSON>:<stage>:<version>` ("Pass Secrets Manager secrets through …"). */
function secretValue({ secrets }: EcsState, valueFrom: string): string {
  const parts = valueFrom.split(':');
  const arn = parts.slice(0, 7).join(':');
  const [key = '', stage = '', version = ''] = parts.slice(7);
  const text = secrets.valueOf(arn);
  if (text === undefined || (stage !== '' && stage !== 'AWSCURRENT') || version !== '') {
    throw new SecretMissing(
      `unable to pull secrets: ${valueFrom} is no secret of a stack of the local engine`,
    );
  }
  if (key === '') return text;
  const value = jsonMember(text, key);
  if (value === undefined) {
    throw new SecretMissing(
      `retrieved secret from Secrets Manager did not contain json key ${key}`,
    );
  }
  return value;
}

function jsonMember(text: string, key: string): string | undefined {
  try {
    const value = (JSON.parse(text) as Record<string, unknown>)[key];
    if (value === undefined) return undefined;
    return typeof value === 'string' ? value : JSON.stringify(value);
  } catch {
    return undefined;
  }
}
