import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Env } from '../../config/folders.ts';
import { isRecord } from '../../events/json-value.ts';
import type { RegistryLogin } from './registry-auth.ts';

/** The name under which Docker keeps the login of its own registry. */
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';

/**
 * What `docker login`, `podman login` or a credential helper keeps for a registry; undefined where there is none. Nothing is
 * kept here.
 */
export async function savedLogin(registry: string, env: Env): Promise<RegistryLogin | undefined> {
  const keys = registry === 'docker.io' ? [DOCKER_HUB_KEY, registry] : [registry];
  for (const file of loginFiles(env)) {
    const config = await readConfig(file);
    for (const key of keys) {
      const found = (await fromHelper(config, key, env)) ?? fromFile(config, key);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function loginFiles({ DOCKER_CONFIG, HOME, REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR }: Env): string[] {
  const docker = DOCKER_CONFIG || (HOME && join(HOME, '.docker'));
  return [
    ...(docker ? [join(docker, 'config.json')] : []),
    ...(REGISTRY_AUTH_FILE ? [REGISTRY_AUTH_FILE] : []),
    ...(XDG_RUNTIME_DIR ? [join(XDG_RUNTIME_DIR, 'containers/auth.json')] : []),
  ];
}

type Config = Readonly<Record<string, unknown>>;

async function readConfig(file: string): Promise<Config> {
  try {
    const config: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isRecord(config) ? config : {};
  } catch {
    // What can't be read holds no login: then the registry says whether one is needed.
    return {};
  }
}

/** A login as Docker writes it into its file: base64 of `name:password`. */
function fromFile({ auths }: Config, key: string): RegistryLogin | undefined {
  const entry = isRecord(auths) ? auths[key] : undefined;
  if (!isRecord(entry) || typeof entry.auth !== 'string') return undefined;
  const [, username, password] =
    /^([^:]+):(.+?)\0*$/s.exec(Buffer.from(entry.auth, 'base64').toString()) ?? [];
  return username === undefined || password === undefined ? undefined : { username, password };
}

/** Asks the helper that the file names for a registry, or for all (`docker-credential-<name> get`). */
async function fromHelper(
  { credHelpers, credsStore }: Config,
  key: string,
  env: Env,
): Promise<RegistryLogin | undefined> {
  const name = (isRecord(credHelpers) ? credHelpers[key] : undefined) ?? credsStore;
  if (typeof name !== 'string' || !/^[\w.-]+$/.test(name)) return undefined;
  const answer = await output(`docker-credential-${name}`, key, env);
  if (answer === undefined) return undefined;
  try {
    const { Username: username, Secret: password } = JSON.parse(answer);
    if (typeof username === 'string' && typeof password === 'string') {
      return { username, password };
    }
  } catch {
    // A helper that knows nothing says so in words.
  }
  return undefined;
}

/** What a program prints; undefined where it fails or isn't there. */
async function output(program: string, input: string, env: Env): Promise<string | undefined> {
  const child = spawn(program, ['get'], { env: { ...env }, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', resolve);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const printed = await text(child.stdout);
  return (await ended) === 0 ? printed : undefined;
}
