import { type Command, Option } from 'commander';
import {
  clientEnvironment,
  traceEnvironment,
} from '../../lib/engine/background/client-environment.ts';
import { backgroundStatus } from '../../lib/engine/background.ts';
import { AppError } from '../../lib/rules/errors.ts';
import { addExamples, type Runner } from '../command.ts';

const SHELLS = ['bash', 'fish', 'powershell', 'json', 'dotenv'] as const;
type Shell = (typeof SHELLS)[number];

/** How a variable is set, by shell; a token may hold any printable character. */
const SET: Readonly<Record<Exclude<Shell, 'json'>, (name: string, value: string) => string>> = {
  bash: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  fish: (name, value) => `set -gx ${name} '${value.replace(/[\\']/g, '\\$&')}'`,
  powershell: (name, value) => `$env:${name} = '${value.replace(/['‘’‚‛]/g, '$&$&')}'`,
  dotenv: (name, value) => `${name}=${dotenvValue(value)}`,
};

/** Bare where it can be, as `docker --env-file` and GitHub's `$GITHUB_ENV` know no quotes. */
function dotenvValue(value: string): string {
  if (!/[\s#'"`$\\]/.test(value)) return value;
  const quote = ["'", '"', '`'].find((each) => !value.includes(each));
  return quote === undefined ? value : `${quote}${value}${quote}`;
}

/** What would lead AWS clients elsewhere, or make them ask for other keys. */
const UNSET: Readonly<Partial<Record<Shell, string>>> = {
  bash: 'unset AWS_PROFILE AWS_ENDPOINT_URL_SNS AWS_ENDPOINT_URL_SQS',
  fish: 'set -e AWS_PROFILE; set -e AWS_ENDPOINT_URL_SNS; set -e AWS_ENDPOINT_URL_SQS',
  powershell:
    'Remove-Item Env:AWS_PROFILE, Env:AWS_ENDPOINT_URL_SNS, Env:AWS_ENDPOINT_URL_SQS -ErrorAction Ignore',
};

/** `pubsub local env` */
export function defineEnv(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'eval "$(pubsub local env)"',
      'pubsub local env --shell fish | source',
      'pubsub local env --shell dotenv > .env.test',
      'eval "$(pubsub local env --traces)"',
    ],
    'aws sqs list-queues',
  )
    .addOption(new Option('--shell <name>', 'how to write it down').choices(SHELLS).default('bash'))
    .option('--traces', 'also let OpenTelemetry send traces to the engine')
    .action(({ shell, traces = false }: { shell: Shell; traces?: boolean }) =>
      run(command, async ({ io, printer, settings }) => {
        const { running, endpoint } = await backgroundStatus(settings.stateDir);
        if (!running) {
          throw new AppError({
            code: 'NotRunning',
            message: 'No local engine is running, so there is no address to give.',
            hint: 'pubsub local start',
          });
        }
        const token = io.env.PUBSUB_TOKEN;
        const env = {
          ...clientEnvironment(endpoint, settings.region, token),
          ...(traces ? traceEnvironment(endpoint, token) : {}),
        };
        printer.document(env);
        for (const line of linesFor(shell, env)) printer.text(line);
        return undefined;
      }),
    );
}

function linesFor(shell: Shell, env: Readonly<Record<string, string>>): string[] {
  if (shell === 'json') return [JSON.stringify(env, null, 2)];
  const lines = Object.entries(env).map(([name, value]) => SET[shell](name, value));
  const unset = UNSET[shell];
  return unset === undefined ? lines : [...lines, unset];
}
