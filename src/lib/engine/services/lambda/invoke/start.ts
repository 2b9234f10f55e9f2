import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { RoleKeys } from '../../../ports.ts';
import { type FunctionVersion, type LambdaFunction, logGroupOf } from '../function.ts';
import { startEnvironment } from '../runtime/environment.ts';
import { type Failure, failure } from '../runtime/invocation.ts';
import { isProvided } from '../runtimes.ts';
import type { LambdaState } from '../state.ts';
import { EnvironmentsClosed, type Warm } from './environments.ts';
import { interpreterFor } from './interpreter.ts';
import { type LogStreamWriter, logStreamName, logStreamWriter } from './log-stream.ts';

/** How long the keys hold that a function works with, in seconds: environments are not kept longer. */
const KEYS_SECONDS = 12 * 3600;

/** Variables of the engine's own environment that a function gets: what finds programs and files. */
const PASSED = ['PATH', 'HOME', 'USER', 'TMPDIR', 'TMP', 'TEMP', 'SHELL', 'XDG_CACHE_HOME'];

/** There is nothing to start: what every invocation answers. */
export class StartRefused extends Error {
  override name = 'StartRefused';
  readonly result: Failure;
  readonly log: LogStreamWriter;

  constructor(result: StartRefused['result'], log: LogStreamWriter) {
    super('the environment can not be started');
    this.result = result;
    this.log = log;
  }
}

/** Starts an execution environment for a version of a function. @throws StartRefused, EnvironmentsClosed */
export async function startFor(
  state: LambdaState,
  fn: LambdaFunction,
  version: FunctionVersion,
): Promise<Warm> {
  const { clock } = state.parts;
  const group = logGroupOf(fn, version);
  const stream = logStreamName(clock.timestamp(), version.version, randomBytes(16).toString('hex'));
  const log = logStreamWriter(
    (events) => {
      // What is told when the engine ends or begins anew has no place any more.
      if (!state.closed.aborted) state.logs.write(fn, group, stream, events);
    },
    () => clock.timestamp(),
  );
  log.beginTail();
  const folder = state.code.folderOf(version.code);
  if (!existsSync(folder)) {
    throw new StartRefused(refusal(`The folder of the code is missing: ${folder}`), log);
  }
  const interpreter = await interpreterFor(version.runtime, folder);
  if (state.closed.aborted) throw new EnvironmentsClosed();
  if (interpreter === undefined) {
    const missing = isProvided(version.runtime)
      ? "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"
      : `Python is not installed on this machine: ${version.runtime} needs it`;
    throw new StartRefused(refusal(missing), log);
  }
  log.line(`INIT_START Runtime Version: ${interpreter.name}`);
  const keys = state.roles.keysFor(version.role, fn.name, KEYS_SECONDS);
  // The keys have to be known before the function comes with them, also after the engine was killed.
  if (state.parts.journal.pending) await state.parts.journal.committed();
  const options = {
    command: interpreter.command,
    folder,
    env: environmentOf(state, fn, version, { folder, group, stream, keys }),
    onLine: (line: string) => log.line(line),
    watchdog: state.host.watchdog,
  };
  return {
    environment: await startEnvironment(options),
    log,
    keysUntil: keys.expires,
    used: false,
    restart: (initTimeoutMs) => startEnvironment({ ...options, initTimeoutMs }),
  };
}

function refusal(message: string): StartRefused['result'] {
  return failure('Runtime.InvalidEntrypoint', message, false);
}

/** "Defined runtime environment variables" (Lambda Developer Guide), and where the engine is. */
function environmentOf(
  { host }: LambdaState,
  fn: LambdaFunction,
  version: FunctionVersion,
  at: {
    readonly folder: string;
    readonly group: string;
    readonly stream: string;
    readonly keys: RoleKeys;
  },
): Record<string, string> {
  const { runtime, variables, handler, memory } = version;
  const passed = PASSED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passed),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_ENDPOINT_URL: host.endpoint ?? '',
    ...variables,
    _HANDLER: handler,
    AWS_REGION: fn.region,
    AWS_DEFAULT_REGION: fn.region,
    ...(isProvided(runtime) ? {} : { AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}` }),
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory),
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: at.group,
    AWS_LAMBDA_LOG_STREAM_NAME: at.stream,
    AWS_ACCESS_KEY_ID: at.keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: at.keys.secretAccessKey,
    AWS_SESSION_TOKEN: at.keys.sessionToken,
    LAMBDA_TASK_ROOT: at.folder,
    LAMBDA_RUNTIME_DIR: at.folder,
  };
}
