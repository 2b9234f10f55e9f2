import { createDatabases } from '../../database/postgres/create-databases.ts';
import { readPostgresUrl } from '../../database/postgres/url.ts';
import type { ServiceName } from '../service/names.ts';

/**
 * The URL of a service's own database on the Postgres server of a URL: `shop` becomes `shop_auth`, and so on.
 * @throws AppError `InvalidDatabaseUrl` (exit 2)
 */
export function serviceDatabaseUrl(url: string, service: ServiceName): string {
  const [, server = '', , query = ''] = /^([^/?]*\/\/[^/?]*)(\/[^?]*)?(.*)$/.exec(url.trim()) ?? [];
  return `${server}/${encodeURIComponent(databaseOf(url, service))}${query}`;
}

function databaseOf(url: string, service: ServiceName): string {
  return `${readPostgresUrl(url).config.database || 'platform'}_${service}`;
}

/**
 * Makes the databases of services that aren't there yet.
 * @throws AppError as `createDatabases`
 */
export function makePostgresDatabases(
  url: string,
  services: readonly ServiceName[],
): Promise<void> {
  return createDatabases(
    url,
    services.map((service) => databaseOf(url, service)),
  );
}
