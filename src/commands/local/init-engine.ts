import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { clientEnvironment } from '../../lib/engine/background/client-environment.ts';
import { AppError } from '../../lib/rules/errors.ts';
import type { Io } from '../../lib/ui/io.ts';

/**
 * Makes an engine ready that has just started: sets up a `pubsub.yaml`, or runs a script that finds the engine by its
 * environment (`AWS_ENDPOINT_URL` and the keys).
 *
 * @throws AppError `InitFailed` when the script ends with another exit code than 0, or what setting up throws
 */
export async function initEngine(file: string, endpoint: string, io: Pick<Io, 'cwd' | 'env'>) {
  const path = resolve(io.cwd, file);
  if (/\.ya?ml$/.test(path)) {
    const { setUpOn } = await import('../../embedded/set-up.ts');
    await setUpOn(endpoint, 'us-east-1', path);
    return;
  }
  const env = { ...io.env, ...clientEnvironment(endpoint) };
  const code = await new Promise<number | string>((done, fail) => {
    const command = /\.[cm]?js$/.test(path) ? process.execPath : path;
    const child = spawn(command, command === path ? [] : [path], {
      cwd: io.cwd,
      env,
      stdio: ['ignore', 2, 2],
    });
    child.once('error', fail);
    child.once('exit', (status, signal) => done(status ?? signal ?? 1));
  }).catch((cause: Error) => cause.message);
  if (code === 0) return;
  throw new AppError({
    code: 'InitFailed',
    message: `${file} ended with ${code}; the engine at ${endpoint} goes on.`,
    hint: `pubsub local stop, mend ${file}, and start again`,
  });
}
