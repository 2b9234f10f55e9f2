import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { whyNotRunnable } from '../lib/consume/handlers/find-program.ts';
import type { Topology } from '../lib/definition/topology.ts';
import { clientEnvironment } from '../lib/engine/background/client-environment.ts';
import { AppError } from '../lib/rules/errors.ts';
import { shellWord } from '../lib/rules/text/command-words.ts';
import { type EngineAccess, setUpOn } from './set-up.ts';

/** Where a script runs: its folder, and what stands in its environment besides the engine. */
export interface ScriptPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Makes an engine ready that has just started.
 *
 * @param init a topology; the path of a `pubsub.yaml`; the path of a script, which finds the engine by its environment
 * (`AWS_ENDPOINT_URL` and the keys); or the name of a topology that comes with the tool
 * @throws AppError `InitFailed` when the script ends with another exit code than 0, or what setting up throws
 */
export async function initialize(
  init: Topology | string,
  engine: EngineAccess,
  place: ScriptPlace,
): Promise<void> {
  const path = typeof init === 'string' ? resolve(place.cwd, init) : undefined;
  if (path === undefined || /\.ya?ml$/.test(path)) {
    await setUpOn(engine, path ?? init);
  } else if (existsSync(path) || /[./\\]/.test(String(init))) {
    await runScript(path, engine, place);
  } else {
    await setUpOn(engine, init);
  }
}

async function runScript(path: string, engine: EngineAccess, place: ScriptPlace): Promise<void> {
  const { endpoint, region, token } = engine;
  const env = { ...place.env, ...clientEnvironment(endpoint, region, token) };
  const isModule = /\.[cm]?js$/.test(path);
  if (!isModule || !existsSync(path)) refuseUnlessProgram(path, place);
  const code = await new Promise<number | string>((done, fail) => {
    const command = isModule ? process.execPath : path;
    const child = spawn(command, command === path ? [] : [path], {
      cwd: place.cwd,
      env,
      stdio: ['ignore', 2, 2],
    });
    child.once('error', fail);
    child.once('exit', (status, signal) => done(status ?? signal ?? 1));
  }).catch((cause: Error) => cause.message);
  if (code === 0) return;
  throw new AppError({
    code: 'InitFailed',
    message: `${path} ended with ${code}.`,
    hint: `AWS_ENDPOINT_URL=${endpoint} ${path}`,
  });
}

/** @throws AppError `InitFailed` that says why the file can't be run */
function refuseUnlessProgram(path: string, { cwd, env }: ScriptPlace): void {
  const why = whyNotRunnable(path, env.PATH ?? '', cwd, `ls ${shellWord(dirname(path))}`);
  if (why !== undefined) throw new AppError({ code: 'InitFailed', ...why });
}
