import { readdirSync, readFileSync } from 'node:fs';

/** Looks for what was started meanwhile: a process may start another while it is being killed. */
const ROUNDS = 3;

/**
 * Sends a signal to a program and all that it has started. On Linux that includes what called `setsid` or was started
 * by something that has ended: it is known by a mark in its environment, or by its parents. Elsewhere what leaves
 * the process group isn't found; on Linux only what has left it and cleared its environment as well.
 * @param pid of the program, the leader of its group. @param mark `NAME=value` of its environment that no other program has.
 * @param known what was found outside of its group before: it may have lost its parents by now.
 * @returns what was found outside of its group.
 */
export function signalTree(
  pid: number | undefined,
  mark: string,
  signal: NodeJS.Signals,
  known: readonly number[] = [],
): readonly number[] {
  if (pid === undefined) return [];
  let strays = new Set(known);
  for (let round = 0; round < ROUNDS; round++) {
    const before = strays.size;
    strays = new Set([...strays, ...straysOf(pid, mark)]);
    send(process.platform === 'win32' ? pid : -pid, signal);
    for (const stray of strays) send(stray, signal);
    if (strays.size === before || signal !== 'SIGKILL') break;
  }
  return [...strays];
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Processes that belong to a program and aren't in its group; none where there is no `/proc`. */
function straysOf(pid: number, mark: string): number[] {
  const parents = new Map<number, { readonly parent: number; readonly group: number }>();
  const marked = new Set<number>();
  const sign = Buffer.from(`${mark}\0`);
  for (const name of processNames()) {
    const each = Number(name);
    try {
      // "pid (name) state ppid pgrp …", where the name may hold blanks and brackets (proc(5)).
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state = '', parent = '', group = ''] = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ');
      if (state === 'Z') continue;
      parents.set(each, { parent: Number(parent), group: Number(group) });
      if (readFileSync(`/proc/${name}/environ`).includes(sign)) marked.add(each);
    } catch {
      // It has ended, or is somebody else's.
    }
  }
  const belongs = (each: number): boolean => {
    for (let at = each; at > 1; at = parents.get(at)?.parent ?? 0) {
      if (at === pid || marked.has(at)) return true;
    }
    return false;
  };
  return [...parents].flatMap(([each, { group }]) =>
    group !== pid && each !== pid && belongs(each) ? [each] : [],
  );
}

function processNames(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
