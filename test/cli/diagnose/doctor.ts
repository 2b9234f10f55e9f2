import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { type TestEndpoint, uniquePrefix } from '../../fixtures/endpoint.ts';
import { runMain } from '../../fixtures/main.ts';
import type { TopologyChoices } from '../../fixtures/orders-topology.ts';
import type { Finished } from '../../fixtures/pubsub.ts';
import { useShellCommand } from '../../fixtures/shell-command.ts';
import { fanOutAt, newPlace } from '../../fixtures/topology.ts';

const BINARY = join(import.meta.dirname, '../../../bin/pubsub.js');

/** A check as `pubsub doctor --json` prints it. */
export interface PrintedCheck {
  readonly id: string;
  readonly subject: string;
  readonly verdict: 'ok' | 'warn' | 'fail' | 'unknown';
  readonly evidence: string;
  readonly fix: string | null;
}

/** What `pubsub doctor --json` printed. */
export interface Printed {
  readonly code: number | null;
  readonly ok: boolean;
  readonly checks: readonly PrintedCheck[];
  readonly skipped: readonly { readonly id: string; readonly subject: string }[];
}

/** A topology of its own, and the commands on it. */
export interface Patient {
  readonly place: Place;
  readonly prefix: string;
  /** The folder with its `pubsub.yaml`. */
  readonly cwd: string;
  /** Flags that lead a command to it. */
  readonly flags: readonly string[];
  /** `pubsub doctor … --json`. */
  examine(...words: readonly string[]): Promise<Printed>;
}

/** Folders of their own, and a shell that knows `pubsub`. */
export interface Ward {
  readonly env: Readonly<Record<string, string>>;
  /** A topology that is set up. @param choices as a `pubsub.yaml` makes them: `yaml` must say the same. */
  admit(choices?: TopologyChoices, yaml?: string): Promise<Patient>;
  /** Runs a line in `sh`, as somebody who pasted it. @param cwd the home folder unless given. */
  paste(line: string, cwd?: string): Promise<Finished>;
  /** Starts a line in `sh`, and hands over its process, which ends with the test file at the latest. */
  start(line: string, cwd?: string): ChildProcess;
  /** Starts one in which `pubsub` is the built binary: for processes that are told apart, and kills. */
  spawn(line: string, cwd?: string): ChildProcess;
}

/** Gives a test file a ward at an endpoint. Call it at the top. */
export function useWard(endpoint: TestEndpoint): Ward {
  let folder = '';
  const command = useShellCommand();
  const started = new Set<ChildProcess>();
  const environment = (bin = command.folder): Record<string, string> => ({
    PATH: [bin, process.env.PATH ?? ''].join(delimiter),
    HOME: folder,
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CONFIG_HOME: join(folder, 'config'),
  });
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pubsub-doctor-'));
    const pubsub = join(folder, 'bin', 'pubsub');
    mkdirSync(join(folder, 'bin'));
    writeFileSync(pubsub, `#!/bin/sh\nexec '${process.execPath}' '${BINARY}' "$@"\n`);
    chmodSync(pubsub, 0o755);
  });
  afterAll(() => {
    for (const child of started) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const start = (line: string, env: Record<string, string>, cwd: string): ChildProcess => {
    const child = spawn('sh', ['-c', `exec ${line}`], { env, cwd, stdio: 'ignore' });
    started.add(child);
    return child;
  };
  return {
    get env() {
      return environment();
    },
    admit: async (choices = {}, yaml = '') => {
      const prefix = uniquePrefix();
      const cwd = join(folder, prefix);
      mkdirSync(cwd);
      writeFileSync(join(cwd, 'pubsub.yaml'), yaml);
      const place = await newPlace(endpoint, prefix, choices);
      await fanOutAt(place);
      const flags = ['--endpoint-url', endpoint.url, '--prefix', prefix];
      return {
        place,
        prefix,
        cwd,
        flags,
        examine: async (...words) => {
          const argv = ['doctor', ...words, ...flags, '--json'];
          const { stdout, stderr, code } = await runMain(argv, environment(), { cwd });
          try {
            return { code, ...JSON.parse(stdout) };
          } catch {
            throw new Error(`stdout is not one JSON document:\n${stdout}\n--- stderr:\n${stderr}`);
          }
        },
      };
    },
    start: (line, cwd = folder) => start(line, environment(), cwd),
    spawn: (line, cwd = folder) => start(line, environment(join(folder, 'bin')), cwd),
    paste: (line, cwd = folder) =>
      new Promise((resolve, reject) => {
        const child = spawn('sh', ['-c', line], { env: environment(), cwd });
        const text = { stdout: '', stderr: '' };
        for (const name of ['stdout', 'stderr'] as const) {
          child[name].setEncoding('utf8').on('data', (chunk: string) => {
            text[name] += chunk;
          });
        }
        child.stdin.end();
        child.on('error', reject);
        child.on('close', (code) => resolve({ ...text, code }));
      }),
  };
}

/** The checks that aren't ok. */
export function findings({ checks }: Printed): PrintedCheck[] {
  return checks.filter(({ verdict }) => verdict !== 'ok');
}

/** Fails unless the doctor names one check of one subject, and nothing else. @returns that check. */
export function onlyFinding(
  printed: Printed,
  wanted: Pick<PrintedCheck, 'id' | 'subject' | 'verdict'>,
): PrintedCheck {
  const found = findings(printed);
  expect(found).toMatchObject([wanted]);
  const [only] = found;
  if (only === undefined) throw new Error('nothing was found');
  expect(printed).toMatchObject(
    wanted.verdict === 'fail' ? { ok: false, code: 3 } : { ok: true, code: 0 },
  );
  return only;
}

/** Pastes a finding's fix; then the doctor must find nothing any more. */
export async function mend(
  ward: Ward,
  patient: Patient,
  { fix }: PrintedCheck,
  ...words: readonly string[]
): Promise<void> {
  expect(fix).not.toBeNull();
  const { code, stdout, stderr } = await ward.paste(fix ?? '', patient.cwd);
  expect(code, `${fix}\n${stdout}${stderr}`).toBe(0);
  expect(findings(await patient.examine(...words))).toEqual([]);
}
