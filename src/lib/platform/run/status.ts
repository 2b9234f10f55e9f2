import type { ServiceName } from '../service/names.ts';
import { isRunning, lookAt } from './processes.ts';
import { readPlatform } from './record.ts';

/** How a platform is doing. */
export interface PlatformStatus {
  /** Whether it was started and not stopped since. */
  readonly up: boolean;
  /** The gateway's address; null where there is none. */
  readonly url: string | null;
  readonly services: readonly ServiceStatus[];
}

/** How one of its services is doing. */
export interface ServiceStatus {
  readonly name: ServiceName;
  /** `ended` where its process is gone though nobody stopped the platform. */
  readonly state: 'ready' | 'not ready' | 'silent' | 'ended';
  readonly pid: number;
  readonly url: string;
  readonly grpcUrl: string | null;
  /** ISO 8601. */
  readonly startedAt: string | null;
  /** Why it isn't ready. */
  readonly problem: string | null;
}

/** Looks at every process of a platform. Never throws. */
export async function platformStatus(stateDir: string): Promise<PlatformStatus> {
  const record = readPlatform(stateDir);
  if (record === undefined) return { up: false, url: null, services: [] };
  const services = await Promise.all(
    record.services.map(async (service): Promise<ServiceStatus> => {
      const { name, pid, port, grpcPort, startedAt = null } = service;
      const at = (to: number): string => `http://127.0.0.1:${to}`;
      const facts = {
        ...{ name, pid, startedAt, url: at(port) },
        grpcUrl: grpcPort === undefined ? null : at(grpcPort),
      };
      const { answers, ready, problem = null } = await lookAt(service);
      // One that is killed at this moment doesn't answer any more.
      if (!isRunning(service, record.instance)) {
        return { ...facts, state: 'ended', problem: 'its process is gone' };
      }
      return { ...facts, state: ready ? 'ready' : answers ? 'not ready' : 'silent', problem };
    }),
  );
  const gateway = services.find(({ name }) => name === 'gateway');
  return { up: true, url: gateway?.url ?? null, services };
}
