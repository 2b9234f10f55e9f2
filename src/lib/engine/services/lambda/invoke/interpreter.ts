import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { builtProgram } from '../../../background/built-program.ts';
import { isProvided } from '../runtimes.ts';

/** What runs a function: a program with its arguments, and how it is told in the log. */
export interface Interpreter {
  readonly command: readonly [file: string, ...args: string[]];
  /** As `INIT_START` names it. */
  readonly name: string;
}

/**
 * The program of this machine that runs a runtime: the Node.js that runs the engine, the Python on the path (of that
 * version where there is one), the function's own `bootstrap`.
 *
 * @param folder of the function's code.
 * @returns undefined where there is none.
 */
export async function interpreterFor(
  runtime: string,
  folder: string,
): Promise<Interpreter | undefined> {
  if (isProvided(runtime)) {
    const file = join(folder, 'bootstrap');
    // One that isn't executable is told as such when it is started.
    const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
    return isFile ? { command: [file], name: runtime } : undefined;
  }
  if (runtime.startsWith('nodejs')) {
    return {
      command: [process.execPath, builtProgram('bootstraps/node.mjs')],
      name: `${runtime} (run by Node.js ${process.versions.node} of this machine)`,
    };
  }
  const python = (await pythonNamed(runtime)) ?? (await pythonNamed('python3'));
  if (python === undefined) return undefined;
  return {
    command: [python.file, builtProgram('bootstraps/python.py')],
    name: `${runtime} (run by Python ${python.version} of this machine)`,
  };
}

interface Python {
  readonly file: string;
  readonly version: string;
}

/** How long a program that is called Python may take to say so, in milliseconds. */
const ANSWER_TIMEOUT_MS = 10_000;

const pythons = new Map<string, Promise<Python | undefined>>();

/** Asked once: a name may lead to a script that looks for the interpreter each time, or finds none. */
function pythonNamed(name: string): Promise<Python | undefined> {
  let found = pythons.get(name);
  if (found === undefined) {
    found = promisify(execFile)(
      name,
      ['-c', 'import sys, platform; print(sys.executable); print(platform.python_version())'],
      { timeout: ANSWER_TIMEOUT_MS, killSignal: 'SIGKILL' },
    ).then(
      ({ stdout }) => {
        const [file = '', version = ''] = stdout.trim().split('\n');
        return { file, version };
      },
      () => undefined,
    );
    pythons.set(name, found);
  }
  return found;
}
