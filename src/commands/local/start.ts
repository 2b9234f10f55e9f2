import { type Command, Option } from 'commander';
import { DEFAULT_PORT, startInBackground } from '../../lib/engine/background.ts';
import { AppError, usageError } from '../../lib/rules/errors.ts';
import { parseFaults, parseSeed } from '../../lib/rules/faults.ts';
import { parseIdentity } from '../../lib/rules/identities.ts';
import { addExamples, collect, type Runner } from '../command.ts';

/** `pubsub local start` */
export function defineStart(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub local start',
      'pubsub local start --port 0',
      'pubsub local start --ephemeral --faults throttle=5%,duplicate=1% --seed 7',
    ],
    'pubsub setup',
  )
    .option('--port <n>', `port on 127.0.0.1; 0 picks a free one (default: ${DEFAULT_PORT})`)
    .option('--ephemeral', 'keep the state in memory only')
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
      new Option('--no-waits', 'without the 60 s after deleting a queue and between purges'),
    )
    .action((options: StartFlags) =>
      run(command, async ({ printer, settings }) => {
        const wanted = {
          stateDir: settings.stateDir,
          strictTimings: options.waits,
          ...(options.port === undefined ? {} : { port: parsePort(options.port) }),
          ...(options.ephemeral === undefined ? {} : { ephemeral: options.ephemeral }),
          ...(options.faults === undefined ? {} : { faults: parseFaults(options.faults) }),
          ...(options.allowHttp === undefined ? {} : { allowHttp: parseHosts(options.allowHttp) }),
          ...(options.identity === undefined ? {} : { identities: checked(options.identity) }),
          ...(options.seed === undefined ? {} : { seed: parseSeed(options.seed) }),
        };
        const progress = printer.progress('Starting the local engine');
        try {
          const { started, running, pid, endpoint, stateDir, ephemeral } =
            await startInBackground(wanted);
          progress.clear();
          if (!started && differs(wanted, { endpoint, ephemeral })) {
            throw new AppError({
              code: 'AlreadyRunning',
              message: `The local engine runs already at ${endpoint} (pid ${pid}), with other options.`,
              hint: 'Stop it first with: pubsub local stop',
            });
          }
          printer.document({ running, pid, endpoint, stateDir, ephemeral });
          const verb = started ? 'Started' : 'Already running:';
          printer.text(`${verb} the local engine at ${endpoint} (pid ${pid})`);
          printer.note(
            ephemeral ? 'State: in memory, gone when it stops' : `State: ${settings.stateDir}`,
          );
          printer.note('Next: pubsub setup');
        } catch (error) {
          progress.clear();
          throw error;
        }
        return undefined;
      }),
    );
}

interface StartFlags {
  readonly port?: string;
  readonly ephemeral?: boolean;
  readonly faults?: string;
  readonly seed?: string;
  readonly allowHttp?: string;
  readonly identity?: string[];
  readonly waits: boolean;
}

/** @throws AppError `InvalidIdentity` for the first that is none */
function checked(identities: readonly string[]): readonly string[] {
  for (const each of identities) parseIdentity(each);
  return identities;
}

/** Whether an engine that runs already is not the one that was asked for. */
function differs(
  wanted: {
    port?: number;
    ephemeral?: boolean;
    faults?: unknown;
    allowHttp?: unknown;
    identities?: unknown;
  },
  running: { endpoint: string; ephemeral: boolean },
): boolean {
  const otherPort = Boolean(wanted.port) && new URL(running.endpoint).port !== String(wanted.port);
  const otherKind = wanted.ephemeral !== undefined && wanted.ephemeral !== running.ephemeral;
  const { faults, allowHttp, identities } = wanted;
  return (
    otherPort || otherKind || [faults, allowHttp, identities].some((each) => each !== undefined)
  );
}

const HOST = /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

function parseHosts(text: string): string[] {
  const hosts = text.split(',').map((host) => host.trim().toLowerCase());
  const wrong = hosts.find((host) => !HOST.test(host));
  if (wrong === undefined) return hosts;
  throw usageError(
    `--allow-http takes host names, with a port or without, not "${wrong}".`,
    'pubsub local start --allow-http hooks.example.com,10.0.0.5:8080',
  );
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw usageError(
      `--port must be a whole number from 0 to 65535, not "${text}".`,
      'pubsub local start --port 0 picks a free one.',
    );
  }
  return port;
}
