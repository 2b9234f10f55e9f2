import { readdirSync, readFileSync } from 'node:fs';

/** Processes that an engine runs for functions and tasks. */
export interface StartedProcesses {
  readonly count: number;
  /** Memory that they have in use, in bytes; pages that they share count for each. */
  readonly bytes: number;
}

/** What an engine puts into the environment of each of them. */
const MARKS = ['AWS_LAMBDA_RUNTIME_API=', 'PUBSUB_TASK='];

/**
 * The functions and tasks that an engine runs, with what they have started.
 * @param engine its process id. @returns undefined where there is no `/proc`, as on macOS and Windows.
 * @see proc(5)
 */
export function startedProcesses(engine: number): StartedProcesses | undefined {
  const found = readAll();
  if (found.size === 0) return undefined;
  const isBelow = (pid: number): boolean => {
    for (let at = found.get(pid)?.parent ?? 0; at > 1; at = found.get(at)?.parent ?? 0) {
      if (at === engine) return true;
    }
    return false;
  };
  const own = [...found].filter(([pid, { marked }]) => marked && isBelow(pid));
  return { count: own.length, bytes: own.reduce((sum, [, { bytes }]) => sum + bytes, 0) };
}

interface Process {
  readonly parent: number;
  readonly bytes: number;
  readonly marked: boolean;
}

function readAll(): Map<number, Process> {
  const all = new Map<number, Process>();
  for (const name of processIds()) {
    try {
      const status = readFileSync(`/proc/${name}/status`, 'latin1');
      const [, parent] = /^PPid:\s+(\d+)/m.exec(status) ?? [];
      const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(status) ?? [];
      all.set(Number(name), {
        parent: Number(parent),
        // Without memory it has ended, and waits for its parent to look.
        bytes: Number(kib ?? 0) * 1024,
        marked: kib !== undefined && isMarked(name),
      });
    } catch {
      // It has ended.
    }
  }
  return all;
}

function isMarked(pid: string): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    return environment.some((each) => MARKS.some((mark) => each.startsWith(mark)));
  } catch {
    // It has ended, or is somebody else's.
    return false;
  }
}

function processIds(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
