import { createHash, timingSafeEqual } from 'node:crypto';

/** Services that may ask for tokens, by the hashes of their secrets. */
export interface ServiceClients {
  /** Whether that is the secret of a service; takes as long for one that isn't known. */
  isSecretOf(name: string, secret: string): boolean;
}

/**
 * @param text `orders=<secret>,users=<secret>`, the value of `SERVICE_SECRETS`; a name twice has two secrets, so that
 * one can be changed without a stop
 */
export function readServiceClients(text: string): ServiceClients {
  const hashes = new Map<string, Buffer[]>();
  for (const pair of text.split(',')) {
    const [, name, secret] = /^\s*([a-z][a-z0-9-]{0,62})=(.{16,})\s*$/s.exec(pair) ?? [];
    if (name === undefined || secret === undefined) continue;
    hashes.set(name, [...(hashes.get(name) ?? []), digest(secret)]);
  }
  const nobody = [digest(crypto.randomUUID())];
  return {
    isSecretOf: (name, secret) => {
      const given = digest(secret);
      const known = hashes.get(name);
      return (
        (known ?? nobody).filter((each) => timingSafeEqual(each, given)).length > 0 &&
        known !== undefined
      );
    },
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
