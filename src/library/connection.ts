import type { Aws } from '../lib/aws/clients.ts';
import { resolveSettings } from '../lib/config/settings.ts';
import type { ConnectionOptions } from './connection-options.ts';

/**
 * Clients for the target.
 * @throws AppError when the settings are wrong, or the embedded engine can't start.
 */
export async function connect(options: ConnectionOptions): Promise<Aws> {
  const { target, endpointUrl, region, profile } = options;
  const settings = await resolveSettings(
    {
      ...(target === undefined ? {} : { target }),
      ...(endpointUrl === undefined ? {} : { endpointUrl }),
      ...(region === undefined ? {} : { region }),
      ...(profile === undefined ? {} : { profile }),
    },
    process.env,
    process.cwd(),
  );
  const { createAws } = await import('../lib/aws/clients.ts');
  if (settings.target.kind !== 'local') return createAws(settings);
  const { stateDir } = settings;
  const { ensureRunning, findEngine } = await import('../lib/engine/background.ts');
  const { endpoint } = await ensureRunning({ stateDir });
  return createAws(settings, { endpoint, locate: () => findEngine(stateDir) });
}
