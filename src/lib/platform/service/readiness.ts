import { databaseProblem } from '../../database/database-problem.ts';
import { withinCheckTime } from '../../http/ready-check.ts';
import type { ReadyProbe } from './definition.ts';

/** Milliseconds for which one look counts. */
const LOOK_KEPT_MS = 1_000;

/** What `/ready` answers. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly message?: string }>>;
}

/** Looks at most once a second, however often it is asked. Never throws. */
export function createReadiness(probes: readonly ReadyProbe[]): () => Promise<Readiness> {
  let look: Promise<Readiness> | undefined;
  return () => {
    look ??= lookAt(probes).finally(() => {
      setTimeout(() => {
        look = undefined;
      }, LOOK_KEPT_MS).unref();
    });
    return look;
  };
}

async function lookAt(probes: readonly ReadyProbe[]): Promise<Readiness> {
  const checks = await Promise.all(
    probes.map(async (probe) => [probe.name, await resultOf(probe)] as const),
  );
  return {
    ready: checks.every(([, { ok }], at) => ok || probes[at]?.isOptional),
    checks: Object.fromEntries(checks),
  };
}

async function resultOf({ check }: ReadyProbe): Promise<Readiness['checks'][string]> {
  try {
    await withinCheckTime(check());
    return { ok: true };
  } catch (error) {
    return { ok: false, message: databaseProblem(error) };
  }
}
