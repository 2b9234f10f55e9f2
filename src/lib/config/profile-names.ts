import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from './folders.ts';

/**
 * Names of the profiles in the shared configuration files, without the SDK ("Shared config and credentials files", AWS
 * SDKs and Tools Reference Guide). A file that can't be read has none.
 */
export function profileNames(env: Env): string[] {
  const home = env.HOME ?? env.USERPROFILE ?? '';
  const config = sections(env.AWS_CONFIG_FILE || join(home, '.aws', 'config')).flatMap(
    (name) => /^(?:profile\s+(.+)|(default))$/.exec(name)?.slice(1).find(Boolean) ?? [],
  );
  const credentials = sections(
    env.AWS_SHARED_CREDENTIALS_FILE || join(home, '.aws', 'credentials'),
  );
  return [...new Set([...config, ...credentials])];
}

function sections(path: string): string[] {
  try {
    const lines = readFileSync(path, 'utf8').matchAll(/^\s*\[([^\]\n]+)\]/gm);
    return Array.from(lines, ([, name = '']) => name.trim().replace(/^(['"])(.*)\1$/, '$2'));
  } catch {
    return [];
  }
}
