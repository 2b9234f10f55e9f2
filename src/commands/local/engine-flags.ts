import { type Command, Option } from 'commander';
import { DEFAULT_REGION } from '../../lib/config/settings.ts';
import {
  assertTokenGuards,
  isClientName,
  isHttpHost,
  isReachedByOthers,
  tokenFor,
} from '../../lib/engine/background/start-rules.ts';
import { type BackgroundOptions, DEFAULT_PORT } from '../../lib/engine/background.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { parseFaults, parseSeed } from '../../lib/rules/faults.ts';
import { parseIdentity } from '../../lib/rules/identities.ts';
import { SERVICES } from '../../lib/rules/services.ts';
import { shownText } from '../../lib/rules/text/shown-text.ts';
import { collect } from '../command.ts';
import { isPort, parsePort } from '../port-flag.ts';

/** What `local start` and `local run` take. */
export interface EngineFlags {
  readonly port?: string;
  readonly host?: string;
  readonly allowHost?: string[];
  readonly token?: string;
  readonly allowAnyone?: boolean;
  readonly ephemeral?: boolean;
  readonly policies?: 'enforce' | 'warn';
  readonly faults?: string;
  readonly seed?: string;
  readonly allowHttp?: string;
  readonly identity?: string[];
  readonly init?: string;
  readonly waits: boolean;
}

/** Declares the flags of an engine that starts. */
export function addEngineFlags(command: Command): Command {
  return command
    .option('--port <n>', `port to listen on; 0 picks a free one (default: ${DEFAULT_PORT})`)
    .option('--ephemeral', 'keep the state in memory only')
    .addOption(
      new Option(
        '--policies <how>',
        'warn: let pass what a queue policy or a role refuses, and say so',
      )
        .choices(['enforce', 'warn'])
        .default(undefined),
    )
    .option('--init <file>', 'a pubsub.yaml to set up, or a script to run, once it answers')
    .option(
      '--faults <list>',
      'of latency=50ms throttle=5% error=2% duplicate=1% reorder deny=sns:Get*, with commas between',
    )
    .option('--seed <n>', 'makes the faults repeat')
    .option(
      '--allow-http <hosts>',
      'hosts that HTTP subscriptions may lead to besides this machine, with commas between',
    )
    .option(
      '--identity <[key=]arn>',
      'the IAM user or role that calls, with every access key or with one; may be given again',
      collect,
    )
    .addOption(
      new Option('--no-waits', 'skip the 60 s wait after deleting a queue and between purges'),
    )
    .option('--host <address>', 'listen on another address than 127.0.0.1, such as 0.0.0.0')
    .option('--token <text>', 'with --host: what every request has to show (or PUBSUB_TOKEN)')
    .option('--allow-anyone', 'with --host: answer whoever reaches it, without a token')
    .option(
      '--allow-host <name>',
      'a name that clients call it by, besides localhost; may be given again',
      collect,
    );
}

/**
 * Reads the flags. Of other engines' variables, `LOCALSTACK_HOST` names the engine and its port.
 *
 * @throws AppError (exit 2) for values that can't be, and for an address that others reach without a token
 */
export function readEngineFlags(
  flags: EngineFlags,
  env: Readonly<Record<string, string | undefined>>,
  stateDir: string,
): BackgroundOptions {
  const { name, port: namedPort } = localstackHost(env.LOCALSTACK_HOST);
  const port = flags.port ?? namedPort;
  const allowHosts = [...(flags.allowHost ?? []), ...(name === undefined ? [] : [name])];
  assertTokenGuards(flags, {
    token: '--token',
    allowAnyone: '--allow-anyone',
    open: '--host 0.0.0.0',
  });
  const token = tokenFor(
    { ...flags, token: flags.token ?? env.PUBSUB_TOKEN },
    {
      host: `--host ${flags.host}`,
      hint: 'Add --token "$(openssl rand -hex 16)", or --allow-anyone',
    },
  );
  return {
    stateDir,
    strictTimings: flags.waits,
    ...(port === undefined ? {} : { port: parsePort(port) }),
    ...(flags.host === undefined ? {} : { host: flags.host }),
    ...(allowHosts.length === 0 ? {} : { allowHosts: allowHosts.map(checkedName) }),
    ...(token === undefined ? {} : { token }),
    ...(flags.policies === undefined ? {} : { policies: flags.policies }),
    ...(flags.ephemeral === undefined ? {} : { ephemeral: flags.ephemeral }),
    ...(flags.faults === undefined ? {} : { faults: parseFaults(flags.faults) }),
    ...(flags.allowHttp === undefined ? {} : { allowHttp: parseHosts(flags.allowHttp) }),
    ...(flags.identity === undefined ? {} : { identities: checked(flags.identity) }),
    ...(flags.seed === undefined ? {} : { seed: parseSeed(flags.seed) }),
  };
}

/** @throws AppError (exit 2) that names the variable: nobody gave a flag */
function localstackHost(text = ''): { name?: string; port?: string } {
  if (text === '') return {};
  const [name = '', port, ...rest] = text.split(':');
  const isPortAlone = name === '' && port !== undefined;
  const fits = (isClientName(name) || isPortAlone) && (port === undefined || isPort(port));
  if (fits && rest.length === 0) {
    return { ...(isPortAlone ? {} : { name }), ...(port === undefined ? {} : { port }) };
  }
  throw usageError(
    `LOCALSTACK_HOST must be a name, with a port or without, not "${shownText(text)}".`,
    'LOCALSTACK_HOST=localhost.localstack.cloud:4566, or unset it',
  );
}

/** What of the environment is LocalStack's and means something else here, as lines to print. */
export function environmentNotes(env: Readonly<Record<string, string | undefined>>): string[] {
  const notes: string[] = [];
  const { PERSISTENCE, SERVICES: wanted = '' } = env;
  if (PERSISTENCE !== undefined) {
    notes.push('PERSISTENCE: state is kept unless --ephemeral is given');
  }
  const known: ReadonlySet<string> = new Set(['', ...SERVICES]);
  const missing = wanted.split(',').filter((each) => !known.has(each.trim().toLowerCase()));
  const are = missing.length > 1 ? 'are' : 'is';
  if (missing.length > 0) notes.push(`SERVICES: ${missing.join(', ')} ${are} not in this engine`);
  return notes;
}

/** How `--init` speaks to the engine. */
export function engineAccess(endpoint: string, region = DEFAULT_REGION, token?: string) {
  return { endpoint, region, token };
}

/** A warning for an engine that others reach; undefined for one that they don't. */
export function openWarning({ host, token }: BackgroundOptions): string | undefined {
  if (!isReachedByOthers(host)) return undefined;
  return token === undefined
    ? `The engine listens on ${host}: anyone who reaches it may read and delete everything in it.`
    : `The engine listens on ${host}: clients need AWS_SESSION_TOKEN set to its token.`;
}

/** @throws AppError `InvalidIdentity` for the first that is none */
function checked(identities: readonly string[]): readonly string[] {
  for (const each of identities) parseIdentity(each);
  return identities;
}

function checkedName(name: string): string {
  if (isClientName(name)) return name;
  throw usageError(
    `--allow-host takes a name without a port, not "${name}".`,
    '--allow-host pubsub, --allow-host "*.example.test"',
  );
}

function parseHosts(text: string): string[] {
  const hosts = text.split(',').map((host) => host.trim().toLowerCase());
  const wrong = hosts.find((host) => !isHttpHost(host));
  if (wrong === undefined) return hosts;
  throw usageError(
    `--allow-http takes host names, with a port or without, not "${wrong}".`,
    'pubsub local start --allow-http hooks.example.com,10.0.0.5:8080',
  );
}
