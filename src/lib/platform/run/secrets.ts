import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../process/make-folder.ts';
import { SERVICE_NAMES, type ServiceName } from '../service/names.ts';
import { platformFolder } from './record.ts';

/** What nobody else may know. */
export interface Secrets {
  /** The client secret of each service. */
  readonly services: Readonly<Record<ServiceName, string>>;
  /** With which `ADMIN_EMAIL` logs in. */
  readonly adminPassword: string;
}

/** The secrets of a platform, made once; only their owner may read the file. */
export function platformSecrets(stateDir: string): Secrets {
  const folder = platformFolder(stateDir);
  makeFolder(folder, { mode: 0o700 });
  const path = join(folder, 'secrets.json');
  if (!existsSync(path)) {
    // Whole or not at all, and the first one counts.
    const draft = `${path}.${randomUUID()}`;
    writeFileSync(draft, `${JSON.stringify(newSecrets(), undefined, 2)}\n`, { mode: 0o600 });
    try {
      linkSync(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      unlinkSync(draft);
    }
  }
  return JSON.parse(readFileSync(path, 'utf8')) as Secrets;
}

function newSecrets(): Secrets {
  const services = Object.fromEntries(SERVICE_NAMES.map((name) => [name, newSecret()]));
  return { services: services as Secrets['services'], adminPassword: newSecret() };
}

function newSecret(): string {
  return randomBytes(32).toString('hex');
}
