import { endServices } from './processes.ts';
import { type PlatformRecord, removePlatform, type ServiceRecord } from './record.ts';
import { START_ORDER } from './up.ts';

/**
 * Ends the services of a platform, in the reverse order of their start, and forgets it. Databases, logs and secrets stay.
 * @returns those that didn't end by themselves and were killed
 */
export async function stopPlatform(
  stateDir: string,
  { services, instance }: PlatformRecord,
  onEnded?: (services: readonly ServiceRecord[]) => void,
): Promise<readonly ServiceRecord[]> {
  const killed: ServiceRecord[] = [];
  for (const row of [...START_ORDER].reverse()) {
    const ending = services.filter(({ name, pid }) => row.includes(name) && pid !== 0);
    killed.push(...(await endServices(ending, instance)));
    onEnded?.(ending);
  }
  removePlatform(stateDir);
  return killed;
}
