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
  const sign = `${mark}\0`;
  const all = new Map<number, ProcessStat>();
  const marked = new Set<number>();
  // What a program has started is no older than itself: nobody else's environment is read.
  const since = isMarked(pid, sign) ? (statOf(pid)?.startedAt ?? 0) : 0;
  for (const each of processIds()) {
    const stat = statOf(each);
    if (stat === undefined || stat.state === 'Z') continue;
    all.set(each, stat);
    if (stat.startedAt >= since && isMarked(each, sign)) marked.add(each);
  }
  const belongs = (each: number): boolean => {
    for (let at = each; at > 1; at = all.get(at)?.parent ?? 0) {
      if (at === pid || marked.has(at)) return true;
    }
    return false;
  };
  return [...all].flatMap(([each, { group }]) =>
    group !== pid && each !== pid && belongs(each) ? [each] : [],
  );
}

/** The process group of a process; undefined where there is no such process, or no `/proc`. */
export function groupOf(pid: number): number | undefined {
  return statOf(pid)?.group;
}

function isMarked(pid: number, sign: string): boolean {
  return readProcess(pid, 'environ').includes(sign);
}

interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  /** In ticks of the system's clock. */
  readonly startedAt: number;
}

/** "pid (name) state ppid pgrp … starttime …", where the name may hold blanks and brackets (proc(5)). */
function statOf(pid: number): ProcessStat | undefined {
  const text = readProcess(pid, 'stat');
  if (text === '') return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent, group] = fields;
  return { state, parent: Number(parent), group: Number(group), startedAt: Number(fields[19]) };
}

/** A file of a process; empty where that has ended, or is somebody else's. As UTF-8, which is read at one call. */
function readProcess(pid: number, file: 'stat' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** The processes that run; none where there is no `/proc`. */
export function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}
