import { type ChildProcess, spawn } from 'node:child_process';

/** Ends process groups when this process ends, however it ends. */
export interface Watchdog {
  /**
   * @param group the id of the process that leads it.
   * @param mark `AWS_LAMBDA_RUNTIME_API=…` or `PUBSUB_TASK=…` in the environment of what it starts, also of what leaves
   * the group.
   */
  watch(group: number, mark: string): void;
  /** Takes back `watch`, when the group has ended. */
  forget(group: number): void;
  stop(): void;
}

/**
 * Reads `+ <id>:<mark>` and `- <id>:<mark>` line by line. The pipe that they come through closes when the engine is gone,
 * also by `kill -9`; what is then on the list is killed. On Linux that includes what has left its group.
 */
const SCRIPT = `trap '' INT TERM HUP
all=' '
while read -r sign one; do
  case $sign in
    +) all="$all$one " ;;
    -) case $all in *" $one "*) all="\${all%% $one *} \${all#* $one }" ;; esac ;;
  esac
done
for one in $all; do kill -9 "-\${one%%:*}" 2>/dev/null; done
[ "$all" = ' ' ] && exit
for process in /proc/[0-9]*; do
  for mark in $(tr '\\0' '\\n' 2>/dev/null <"$process/environ" | grep -E '^(AWS_LAMBDA_RUNTIME_API|PUBSUB_TASK)='); do
    case $all in *":$mark "*) kill -9 "\${process#/proc/}" 2>/dev/null ;; esac
  done
done
`;

/** A shell is started with the first group, and again when somebody killed it. */
export function createWatchdog(): Watchdog {
  /** Marks by group. */
  const groups = new Map<number, string>();
  let shell: ChildProcess | undefined;

  const tell = (line: string): void => {
    shell?.stdin?.write(`${line}\n`);
  };
  const ready = (): void => {
    if (shell !== undefined) return;
    const child = spawn('/bin/sh', ['-c', SCRIPT], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: { PATH: '/usr/bin:/bin' },
    });
    shell = child;
    const gone = () => {
      if (shell === child) shell = undefined;
    };
    child.once('exit', gone).once('error', gone);
    // It was killed while it was told something: the next group starts another.
    child.stdin.on('error', gone);
    child.unref();
    for (const [group, mark] of groups) tell(`+ ${group}:${mark}`);
  };
  return {
    watch(group, mark) {
      ready();
      groups.set(group, mark);
      tell(`+ ${group}:${mark}`);
    },
    forget(group) {
      const mark = groups.get(group);
      if (groups.delete(group)) tell(`- ${group}:${mark}`);
    },
    stop() {
      shell?.stdin?.end();
      shell = undefined;
    },
  };
}
