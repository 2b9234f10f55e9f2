import { roleSentence } from '../lib/engine/background/findings.ts';
import {
  type RunningEngine,
  type StartOptions,
  startEngine as serve,
} from '../lib/engine/http/server.ts';
import { claim } from '../lib/process/lock.ts';
import { makeFolder } from '../lib/process/make-folder.ts';
import { AppError } from '../lib/rules/errors.ts';
import { NO_FAULTS } from '../lib/rules/faults.ts';
import { type CheckedOptions, checkEngineOptions } from './check-engine-options.ts';
import { InProcess } from './in-process.ts';
import type { EngineOptions, TestEngine } from './options.ts';
import type { EngineAccess } from './set-up.ts';

const DEFAULT_REGION = 'us-east-1';

/**
 * Starts an engine in this process: SNS, SQS, STS, KMS, a part of CloudWatch Logs, and DynamoDB, on a port of
 * 127.0.0.1. Several may run at once.
 *
 * @throws AppError (exit 2) that names an invalid option; `PortTaken`; `AlreadyRunning` for a state folder that
 * another engine uses; `StateDamaged` or `StateTooNew` for one that can't be read; what setting up `init` throws
 */
export async function startEngine(options: EngineOptions = {}): Promise<TestEngine> {
  const checked = checkEngineOptions(options);
  const release = await claimFolder(options.stateDir);
  try {
    const running = await listen(options, checked);
    const stop = () => running.stop().finally(release);
    const { region = DEFAULT_REGION } = options;
    const access = { endpoint: running.endpoint, region, token: checked.token };
    const begin = () => makeReady(running, access, options, checked);
    await begin().catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return new InProcess(running, access, { begin, stop });
  } catch (error) {
    release();
    throw error;
  }
}

function listen(options: EngineOptions, checked: CheckedOptions): Promise<RunningEngine> {
  const { port = 0, stateDir, host, policies, allowHttp } = options;
  const given: StartOptions = {
    port,
    strictTimings: options.waits ?? false,
    frozen: options.clock === 'frozen',
    identities: checked.identities,
    allowedHosts: options.allowHosts ?? [],
    ...(stateDir === undefined ? {} : { stateDir }),
    ...(host === undefined ? {} : { host }),
    ...(policies === undefined ? {} : { policies }),
    ...(allowHttp === undefined ? {} : { allowHttp: allowHttp.map((each) => each.toLowerCase()) }),
    ...(checked.token === undefined ? {} : { token: checked.token }),
    ...(checked.startAt === undefined ? {} : { startAt: checked.startAt }),
    // A defect of the engine has to be seen, and must not end the test's process.
    onBug: (error) => process.emitWarning(error instanceof Error ? error : String(error)),
    onRoleNote: (note) => process.emitWarning(roleSentence(note), { code: 'PUBSUB_ROLE_POLICY' }),
    onPolicyNote: ({ topicArn, queueArn, reason, delivered }) => {
      const outcome = delivered ? 'delivers to' : 'does not deliver to';
      const rest = delivered ? ' all the same; AWS would not' : '';
      process.emitWarning(`${topicArn} ${outcome} ${queueArn}${rest}: ${reason}.`, {
        code: 'PUBSUB_QUEUE_POLICY',
      });
    },
  };
  return serve(given).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    const { portTaken } = await import('../lib/engine/background/port-owner.ts');
    throw await portTaken(port);
  });
}

/** Sets faults and topology up, as the options want them at the start and after each reset. */
async function makeReady(
  { faults }: RunningEngine,
  access: EngineAccess,
  { init, seed = 0 }: EngineOptions,
  checked: CheckedOptions,
): Promise<void> {
  faults.set(NO_FAULTS, 0);
  if (init !== undefined) {
    const { initialize } = await import('./init.ts');
    await initialize(init, access, { cwd: process.cwd(), env: process.env });
  }
  faults.set(checked.faults, seed);
}

/** Keeps other engines off a state folder. @returns what lets it go */
async function claimFolder(stateDir: string | undefined): Promise<() => void> {
  if (stateDir === undefined) return () => undefined;
  makeFolder(stateDir, { mode: 0o700 });
  const claimed = await claim(stateDir, 'engine');
  if (claimed.held) return claimed.release;
  throw new AppError({
    code: 'AlreadyRunning',
    message: `An engine (pid ${claimed.pid}) runs already on ${stateDir}.`,
    hint: 'Stop it, or give another stateDir.',
  });
}
