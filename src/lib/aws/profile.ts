import { join } from 'node:path';
import { loadSharedConfigFiles } from '@smithy/core/config';
import type { Env } from '../config/folders.ts';
import { endpointKey, SERVICES, type Service } from '../config/target.ts';

/** One profile's settings, or a section's, as the shared files have them. */
export type ProfileSettings = Readonly<Record<string, string | undefined>>;

/** The shared configuration files (AWS SDKs and Tools Reference Guide, "Shared config and credentials files"). */
export interface SharedFiles {
  /** Names of all profiles. */
  readonly names: readonly string[];
  /** A profile with its credentials; undefined where there is none of the name. */
  profile(name: string): ProfileSettings | undefined;
  /** A section of another kind, such as `services` or `sso-session`. */
  section(kind: string, name: string): ProfileSettings | undefined;
}

/** Reads the shared files of an environment; what can't be read counts as empty. */
export async function readSharedFiles(env: Env): Promise<SharedFiles> {
  const home = env.HOME ?? env.USERPROFILE ?? '';
  const { configFile, credentialsFile } = await loadSharedConfigFiles({
    configFilepath: env.AWS_CONFIG_FILE || join(home, '.aws', 'config'),
    filepath: env.AWS_SHARED_CREDENTIALS_FILE || join(home, '.aws', 'credentials'),
  });
  return {
    names: [...Object.keys(configFile), ...Object.keys(credentialsFile)].filter(
      (name, at, all) => !/^(services|sso-session)\./.test(name) && all.indexOf(name) === at,
    ),
    profile: (name) =>
      name in configFile || name in credentialsFile
        ? { ...configFile[name], ...credentialsFile[name] }
        : undefined,
    section: (kind, name) => configFile[`${kind}.${name}`],
  };
}

/** Whether a profile's credentials come from its credential_process: nothing that goes before it is there. */
export function isOfProcess(settings: ProfileSettings | undefined): boolean {
  const { credential_process, aws_access_key_id, role_arn, sso_session, sso_start_url } =
    settings ?? {};
  const before = aws_access_key_id ?? role_arn ?? sso_session ?? sso_start_url;
  return credential_process !== undefined && before === undefined;
}

/** Endpoints that a profile names, by service; undefined where AWS's own is meant. */
export type ProfileEndpoints = Readonly<Record<Service, string | undefined>>;

/**
 * The endpoints of a profile: its `services` section's `endpoint_url` of a service, else its own `endpoint_url`. None
 * where `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` or the profile's `ignore_configured_endpoint_urls` says so (AWS SDKs and
 * Tools Reference Guide, "Service-specific endpoints").
 */
export async function profileEndpoints(
  env: Env,
  profile: string | undefined,
): Promise<ProfileEndpoints> {
  const files = await readSharedFiles(env);
  const own = files.profile(profile ?? 'default') ?? {};
  const ignored =
    env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS ?? own.ignore_configured_endpoint_urls ?? '';
  const isIgnored = ignored.toLowerCase() === 'true';
  const services = own.services === undefined ? {} : files.section('services', own.services);
  const of = (service: Service): string | undefined =>
    isIgnored
      ? undefined
      : (services?.[`${endpointKey(service)}.endpoint_url`] ?? own.endpoint_url);
  return Object.fromEntries(SERVICES.map((each) => [each, of(each)])) as ProfileEndpoints;
}
