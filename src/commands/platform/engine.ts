import type { Settings } from '../../lib/config/settings.ts';
import { endpointKey, SERVICES, type Target } from '../../lib/config/target.ts';
import { AppError } from '../../lib/rules/errors.ts';

/**
 * Starts the local engine for a platform where none runs: at its usual port, or at a free one where another engine has
 * that.
 * @param port of the engine, 0 for a free one; its usual one unless given
 * @returns whether it was started; false on other targets
 */
export async function startEngineFor(
  { target, stateDir }: Settings,
  port?: number,
): Promise<boolean> {
  if (target.kind !== 'local') return false;
  const { backgroundStatus, startInBackground } = await import('../../lib/engine/background.ts');
  if ((await backgroundStatus(stateDir)).running) return false;
  try {
    const at = port === undefined ? {} : { port };
    return (await startInBackground({ stateDir, ...at })).started;
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'PortTaken')) throw error;
    return (await startInBackground({ stateDir, port: 0 })).started;
  }
}

/** Ends the local engine that was started for a platform. */
export async function stopEngineOf(stateDir: string): Promise<void> {
  const { stopBackground } = await import('../../lib/engine/background.ts');
  await stopBackground(stateDir);
}

/** The flags that lead another process of ours to the same target, with `targetEnvironment`. */
export function targetFlags({ target }: Settings): readonly string[] {
  return target.kind === 'endpoint' ? [] : ['--target', target.kind];
}

/** What leads another process of ours to the same target, in the environment: a broker's URL has a password. */
export function targetEnvironment({
  target,
  region,
  profile,
  prefix,
}: Settings): Record<string, string> {
  return {
    ...whereIs(target),
    ...(region !== undefined && { AWS_REGION: region }),
    ...(profile !== undefined && { AWS_PROFILE: profile }),
    PUBSUB_PREFIX: prefix,
  };
}

function whereIs(target: Target): Record<string, string> {
  switch (target.kind) {
    case 'local':
    case 'aws':
      return {};
    case 'rabbitmq': {
      const { url, username, password, managementUrl } = target.broker;
      const full = new URL(url);
      full.username = encodeURIComponent(username);
      full.password = encodeURIComponent(password);
      return {
        RABBITMQ_URL: full.href,
        RABBITMQ_MANAGEMENT_URL: managementUrl,
      };
    }
    case 'endpoint':
      return Object.fromEntries(
        SERVICES.map((each) => [
          `AWS_ENDPOINT_URL_${endpointKey(each).toUpperCase()}`,
          target[each],
        ]),
      );
  }
}
