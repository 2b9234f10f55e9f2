import type { RedisClientType } from 'redis';
import type { ServiceLog } from './log.ts';

/**
 * Connects to a Redis server in the background, again and again while it is away; commands fail at once meanwhile.
 * @param url of the server; undefined for none
 */
export async function openRedis(
  url: string | undefined,
  log: ServiceLog,
): Promise<RedisClientType | undefined> {
  if (url === undefined) return undefined;
  // Of a CommonJS package a bundle gives the default alone.
  const { default: redis } = await import('redis');
  const client = redis.createClient({ url, disableOfflineQueue: true }) as RedisClientType;
  let told = '';
  client.on('error', (error: Error) => {
    if (error.message !== told) log.warn('Redis is away', { reason: error.message });
    told = error.message;
  });
  client.on('ready', () => {
    told = '';
  });
  // It rejects only where the client is closed before it was ever connected.
  void client.connect().catch(() => {});
  return client;
}
