import { usageError } from '../rules/errors.ts';
import { assertRegion } from '../rules/regions.ts';
import { nearest } from '../rules/text/nearest.ts';
import { isBrokerUrl, readBroker, withoutPassword } from './broker.ts';
import { readProjectFile, readUserFile } from './files.ts';
import { configDirectory, type Env, stateDirectory } from './folders.ts';
import { isLoopbackUrl } from './loopback.ts';
import type { FileSettings, ProjectFile } from './saved-settings.ts';
import { endpointKey, SERVICES, type Service, TARGET_NAMES, type Target } from './target.ts';
import type { Destination } from './trust.ts';

export type { Env } from './folders.ts';

/** Global flags as the command line gave them; undefined where it didn't. */
export interface Flags {
  readonly target?: string;
  readonly endpointUrl?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly topology?: string;
  readonly prefix?: string;
}

/** What a command works with, each value from the first place that has it: flags, environment, project, user, default. */
export interface Settings {
  readonly target: Target;
  /** Where the project's file sends requests, as far as the user hasn't agreed to it yet: then none is sent. */
  readonly distrusted?: Destination | undefined;
  /** Undefined only on `aws`, where the SDK's own chain (profile) may know it. */
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly topology: string;
  /** The project's file, which may define the topology or change it; see `topologyOf`. */
  readonly project: ProjectFile;
  /** Without the dash that follows it in names; empty for none. */
  readonly prefix: string;
  /** The embedded engine's state, log and pid. */
  readonly stateDir: string;
  readonly configDir: string;
  readonly env: Env;
}

export const DEFAULT_REGION = 'us-east-1';
/** The topology that comes first: one of those that come with the package. */
export const DEFAULT_TOPOLOGY = 'orders';

/**
 * Settles the settings of one run. Reads the project and user files; starts nothing and calls nobody.
 * @param cwd where the search for `pubsub.yaml` begins; it goes up to the root.
 * @param options.foreign whether a file that another user owns is read as well.
 * @throws AppError (exit 2) for an unknown target or region, a malformed endpoint URL or an unreadable file.
 */
export async function resolveSettings(
  flags: Flags,
  env: Env,
  cwd: string,
  options: { readonly foreign?: boolean } = {},
): Promise<Settings> {
  const configDir = configDirectory(env);
  const project = await readProjectFile(cwd, { env, configDir, ...options });
  const user = await readUserFile(configDir);
  const target = resolveTarget(flags, env, project, user);
  const region =
    flags.region ||
    env.AWS_REGION ||
    env.AWS_DEFAULT_REGION ||
    project.region ||
    user.region ||
    (target.kind === 'aws' ? undefined : DEFAULT_REGION);
  if (region !== undefined) assertRegion(region, target.kind === 'aws');
  const distrusted = await distrustedDestination({ flags, env, project, configDir, target });
  return {
    target,
    distrusted,
    region,
    profile: flags.profile || env.AWS_PROFILE || project.profile || user.profile || undefined,
    topology:
      flags.topology ??
      env.PUBSUB_TOPOLOGY ??
      project.topology ??
      user.topology ??
      DEFAULT_TOPOLOGY,
    project,
    prefix: flags.prefix ?? env.PUBSUB_PREFIX ?? project.prefix ?? user.prefix ?? '',
    stateDir: stateDirectory(env),
    configDir,
    env,
  };
}

/** What the user has to agree to: the file chose the target or the profile, and requests leave this machine. */
async function distrustedDestination(from: {
  readonly flags: Flags;
  readonly env: Env;
  readonly project: ProjectFile;
  readonly configDir: string;
  readonly target: Target;
}): Promise<Destination | undefined> {
  const { flags, env, project, configDir, target } = from;
  const { endpointUrl, target: name, path } = project;
  if (path === '' || !leavesMachine(target)) return undefined;
  const isTargetGiven =
    flags.endpointUrl || flags.target || environmentEndpoints(env) || env.PUBSUB_TARGET;
  const isProfileGiven = flags.profile || env.AWS_PROFILE;
  const ofTarget = isTargetGiven ? {} : { endpointUrl, target: endpointUrl ? undefined : name };
  const destination = { ...ofTarget, profile: isProfileGiven ? undefined : project.profile };
  if (!Object.values(destination).some((each) => each)) return undefined;
  const { isTrusted } = await import('./trust.ts');
  const whole = { endpointUrl, target: name, profile: project.profile };
  return isTrusted(path, whole, configDir) ? undefined : destination;
}

function leavesMachine(target: Target): boolean {
  if (target.kind === 'local') return false;
  if (target.kind === 'aws') return true;
  if (target.kind === 'rabbitmq') return !isLoopbackUrl(target.broker.url);
  return SERVICES.some((service) => !isLoopbackUrl(target[service]));
}

function resolveTarget(flags: Flags, env: Env, project: FileSettings, user: FileSettings): Target {
  if (flags.endpointUrl) return endpointTarget(flags.endpointUrl, '--endpoint-url');
  if (flags.target) return namedTarget(flags.target, '--target', env);
  const fromEnvironment = environmentEndpoints(env);
  if (fromEnvironment) return fromEnvironment;
  if (env.PUBSUB_TARGET) return namedTarget(env.PUBSUB_TARGET, 'PUBSUB_TARGET', env);
  for (const file of [project, user]) {
    if (file.endpointUrl) return endpointTarget(file.endpointUrl, file.path);
    if (file.target) {
      refuseStoredPassword(file.target, file.path);
      return namedTarget(file.target, file.path, env);
    }
  }
  return { kind: 'local' };
}

/** Names are checked here, so that `use` and every other command refuse the same words. */
function namedTarget(name: string, source: string, env: Env): Target {
  if (name === 'local' || name === 'aws') return { kind: name };
  if (isBrokerUrl(name)) return brokerTarget(name, source, env);
  if (name === 'rabbitmq') {
    if (env.RABBITMQ_URL) return brokerTarget(env.RABBITMQ_URL, 'RABBITMQ_URL', env);
    throw usageError(
      `The target is rabbitmq (from ${source}), and RABBITMQ_URL doesn't say where that is.`,
      'Such as: export RABBITMQ_URL=amqp://user:password@localhost:5672/vhost',
      'InvalidBroker',
    );
  }
  const near = nearest(name, TARGET_NAMES);
  throw usageError(
    `Unknown target "${withoutPassword(name)}" (from ${source}).${near ? ` Did you mean "${near}"?` : ''}`,
    `Use --target ${TARGET_NAMES.join(' or --target ')}, or --endpoint-url URL.`,
    'UnknownTarget',
  );
}

function brokerTarget(url: string, source: string, env: Env): Target {
  return { kind: 'rabbitmq', broker: readBroker(url, source, env.RABBITMQ_MANAGEMENT_URL) };
}

/** Files are read by others, and kept: a password has no place there. @throws AppError (exit 2) for a URL with one. */
export function refuseStoredPassword(target: string, path: string): void {
  if (withoutPassword(target) === target) return;
  throw usageError(
    `The target in ${path} is a URL with a password, and passwords are not kept in files.`,
    'Write "target: rabbitmq" there, and give the URL in the environment: RABBITMQ_URL.',
    'InvalidBroker',
  );
}

function endpointTarget(url: string, source: string): Target {
  const checked = checkUrl(url, source);
  return { kind: 'endpoint', ...ofEach(() => checked) };
}

/**
 * AWS_ENDPOINT_URL_<SERVICE> wins over AWS_ENDPOINT_URL, and AWS_IGNORE_CONFIGURED_ENDPOINT_URLS turns both off
 * (AWS SDKs and Tools Reference Guide, "Service-specific endpoints"). One service alone is refused: the other's
 * calls would go to AWS, which nobody asked for.
 */
function environmentEndpoints(env: Env): Target | undefined {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true') return undefined;
  const all = env.AWS_ENDPOINT_URL;
  const sns = env.AWS_ENDPOINT_URL_SNS || all;
  const sqs = env.AWS_ENDPOINT_URL_SQS || all;
  if (!sns && !sqs) return undefined;
  if (!sns || !sqs) {
    const [has, lacks] = sns ? ['SNS', 'SQS'] : ['SQS', 'SNS'];
    throw usageError(
      `AWS_ENDPOINT_URL_${has} is set, but nothing says where ${lacks} is.`,
      `Set AWS_ENDPOINT_URL_${lacks} too, or AWS_ENDPOINT_URL for both.`,
      'InvalidEndpoint',
    );
  }
  return {
    kind: 'endpoint',
    ...ofEach((service) => {
      const own = `AWS_ENDPOINT_URL_${endpointKey(service).toUpperCase()}`;
      // A server of SNS may have the other services too; one that has not says so when it is asked.
      return checkUrl(
        env[own] || all || (service === 'sqs' ? sqs : sns),
        env[own] ? own : 'AWS_ENDPOINT_URL',
      );
    }),
  };
}

function ofEach<T>(make: (service: Service) => T): Record<Service, T> {
  return Object.fromEntries(SERVICES.map((each) => [each, make(each)])) as Record<Service, T>;
}

function checkUrl(url: string, source: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol) || !parsed.hostname) {
    throw usageError(
      `"${withoutPassword(url)}" (from ${source}) is not an http or https URL.`,
      'Use a URL such as --endpoint-url http://localhost:4566.',
      'InvalidEndpoint',
    );
  }
  if (parsed.username || parsed.password) {
    throw usageError(
      `The URL from ${source} carries a user name or password.`,
      'Give the URL alone; credentials come from the AWS credential chain.',
      'InvalidEndpoint',
    );
  }
  return url.replace(/\/+$/, '');
}
