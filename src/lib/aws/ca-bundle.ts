import { readFile } from 'node:fs/promises';
import { Agent, type AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Env } from '../config/folders.ts';
import { usageError } from '../rules/errors.ts';
import { fileProblem } from '../rules/text/file-problem.ts';
import { readSharedFiles } from './profile.ts';

/** Certificates that servers are checked with in place of Node's own. */
export interface CaBundle {
  readonly file: string;
  readonly pem: string;
}

/**
 * An agent that checks servers with a bundle. It is made ready once, with the first connection: a context of 144
 * certificates takes 40 ms, and Node.js makes one for each connection.
 */
export class BundleAgent extends Agent {
  readonly #bundle: CaBundle | undefined;
  #context: SecureContext | undefined;

  /** @param bundle Node's own certificates where it is undefined */
  constructor(options: AgentOptions, bundle: CaBundle | undefined) {
    super(options);
    this.#bundle = bundle;
  }

  /** Options of a connection, with what the server is checked with. */
  protected secured<T extends object>(options: T): T {
    if (this.#bundle === undefined) return options;
    this.#context ??= createSecureContext({ ca: this.#bundle.pem });
    return { ...options, secureContext: this.#context };
  }

  override createConnection(
    options: AgentOptions,
    onSocket?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    return super.createConnection(this.secured(options), onSocket);
  }
}

/**
 * The file that `AWS_CA_BUNDLE` names, else the profile's `ca_bundle` (AWS SDKs and Tools Reference Guide, "General
 * configuration settings").
 * @returns undefined where none is named
 * @throws AppError (exit 2) where the file can't be read, holds no certificate; one that is damaged shows when it is used
 */
export async function caBundle(
  env: Env,
  profile: string | undefined,
): Promise<CaBundle | undefined> {
  const { AWS_CA_BUNDLE } = env;
  const file = AWS_CA_BUNDLE || (await profileBundle(env, profile));
  if (!file) return undefined;
  const named = `${AWS_CA_BUNDLE ? 'AWS_CA_BUNDLE' : 'ca_bundle of the profile'} names ${file}`;
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    throw invalid(`${named}, which can't be read: ${fileProblem(error)}.`);
  });
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw invalid(`${named}, which holds no certificate.`);
  }
  return { file, pem };
}

async function profileBundle(env: Env, profile = 'default'): Promise<string | undefined> {
  return (await readSharedFiles(env)).profile(profile)?.ca_bundle;
}

function invalid(message: string) {
  return usageError(message, 'Name a file of certificates in PEM, or none.', 'InvalidCaBundle');
}
