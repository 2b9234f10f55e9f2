import { execFile } from 'node:child_process';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { builtProgram } from '../../../background/built-program.ts';
import { watchHealth } from '../../../processes/watch-health.ts';
import type { ContainerView } from './runner.ts';

/** What a container's health check has unless it says otherwise (`HealthCheck`): seconds, and failures in a row. */
const DEFAULTS = { interval: 30, timeout: 5, retries: 3, startPeriod: 0 } as const;
const PROGRAM = '/app/bin/pubsub.js';

/** A container, and what its commands find here. */
export interface CheckedContainer {
  readonly container: ContainerDefinition;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Ports of this machine, by port of the container. */
  readonly ports: ReadonlyMap<number, number>;
}

/**
 * Runs a container's health check, as long as it has one. @returns stops it
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
 */
export function watchContainer(
  options: CheckedContainer,
  onChange: (health: ContainerView['health']) => void,
): () => void {
  const { healthCheck } = options.container;
  if (healthCheck === undefined) return () => undefined;
  const { interval, timeout, retries, startPeriod } = { ...DEFAULTS, ...healthCheck };
  return watchHealth({
    probe: () => runCheck(options, healthCheck.command ?? [], timeout * 1000),
    intervalMs: interval * 1000,
    failures: retries,
    passes: 1,
    graceMs: startPeriod * 1000,
    onChange: (health) => onChange(health === 'healthy' ? 'HEALTHY' : 'UNHEALTHY'),
  });
}

/** Runs a command with the files and ports that the container has on this machine. @returns whether it ended with 0 */
function runCheck(
  { env, folder, ports }: CheckedContainer,
  [kind = '', ...words]: readonly string[],
  timeoutMs: number,
): Promise<boolean> {
  const here = words.map((word) => onThisMachine(word, ports));
  const [first = '', ...rest] = here;
  const command =
    kind === 'CMD-SHELL'
      ? ['/bin/sh', '-c', here.join(' ')]
      : first === 'pubsub'
        ? [process.execPath, builtProgram('cli.js'), ...rest]
        : [first === 'node' ? process.execPath : first, ...rest];
  const [file = '', ...args] = command;
  return new Promise((resolve) => {
    const settings = { cwd: folder, env, timeout: timeoutMs, killSignal: 'SIGKILL' as const };
    execFile(file, args, settings, (error) => resolve(error === null));
  });
}

function onThisMachine(word: string, ports: ReadonlyMap<number, number>): string {
  const withProgram = word.replaceAll(PROGRAM, builtProgram('cli.js'));
  return withProgram.replace(/\b(?:localhost|127\.0\.0\.1):(\d+)\b/g, (address, port: string) => {
    const outside = ports.get(Number(port));
    return outside === undefined ? address : `127.0.0.1:${outside}`;
  });
}
