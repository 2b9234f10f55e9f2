import { type ChildProcess, spawn } from 'node:child_process';

/** Ends process groups when this process ends, however it ends. */
export interface Watchdog {
  /** @param group the id of the process that leads it. */
  watch(group: number): void;
  /** Takes back `watch`, when the group has ended. */
  forget(group: number): void;
  stop(): void;
}

/**
 * Reads `+ <id>` and `- <id>` line by line. The pipe that they come through closes when the engine is gone, also by
 * `kill -9`; what is then on the list is killed.
 */
const SCRIPT = `trap '' INT TERM HUP
groups=' '
while read -r sign id; do
  case $sign in
    +) groups="$groups$id " ;;
    -) case $groups in *" $id "*) groups="\${groups%% $id *} \${groups#* $id }" ;; esac ;;
  esac
done
for id in $groups; do kill -9 "-$id" 2>/dev/null; done
`;

/** A shell is started with the first group, and again when somebody killed it. */
export function createWatchdog(): Watchdog {
  const groups = new Set<number>();
  let shell: ChildProcess | undefined;

  const tell = (line: string): void => {
    shell?.stdin?.write(`${line}\n`);
  };
  const ready = (): void => {
    if (shell !== undefined) return;
    const child = spawn('/bin/sh', ['-c', SCRIPT], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: {},
    });
    shell = child;
    const gone = () => {
      if (shell === child) shell = undefined;
    };
    child.once('exit', gone).once('error', gone);
    // It was killed while it was told something: the next group starts another.
    child.stdin.on('error', gone);
    child.unref();
    for (const group of groups) tell(`+ ${group}`);
  };
  return {
    watch(group) {
      ready();
      groups.add(group);
      tell(`+ ${group}`);
    },
    forget(group) {
      if (groups.delete(group)) tell(`- ${group}`);
    },
    stop() {
      shell?.stdin?.end();
      shell = undefined;
    },
  };
}
