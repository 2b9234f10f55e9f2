import { AppError } from '../../../rules/errors.ts';

/** An identity provider that people may log in at. */
export interface ProviderSettings {
  /** In addresses: `/auth/oauth/<name>/start`. */
  readonly name: string;
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Reads the providers of the environment: `OAUTH_PROVIDERS=acme,other`, and for each `OAUTH_ACME_ISSUER`,
 * `OAUTH_ACME_CLIENT_ID` and `OAUTH_ACME_CLIENT_SECRET`.
 * @throws AppError `InvalidProvider` (exit 2) where one of them is missing, or the issuer isn't an https URL; http is
 * taken on this machine only
 */
export function readProviders(
  env: Readonly<Record<string, string | undefined>>,
): ProviderSettings[] {
  const names = (env.OAUTH_PROVIDERS ?? '').split(',').map((name) => name.trim());
  return names.filter((name) => name !== '').map((name) => readProvider(name, env));
}

function readProvider(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): ProviderSettings {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) {
    throw invalid(
      `${name} is no name of an identity provider.`,
      'Use small letters: OAUTH_PROVIDERS=acme',
    );
  }
  const prefix = `OAUTH_${name.toUpperCase().replaceAll('-', '_')}`;
  const value = (part: string): string => {
    const found = env[`${prefix}_${part}`];
    if (found) return found;
    throw invalid(
      `The identity provider ${name} needs ${prefix}_${part}.`,
      `Set ${prefix}_${part}.`,
    );
  };
  return {
    name,
    issuer: issuerOf(value('ISSUER'), `${prefix}_ISSUER`),
    clientId: value('CLIENT_ID'),
    clientSecret: value('CLIENT_SECRET'),
  };
}

function issuerOf(text: string, variable: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url))) return url;
  throw invalid(
    `${variable} is no https URL.`,
    `Set ${variable} to the provider's issuer, such as https://id.example.com`,
  );
}

/** Whether a URL means this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function invalid(message: string, hint: string): AppError {
  return new AppError({ code: 'InvalidProvider', message, hint, exitCode: 2 });
}
