import { readFile } from 'node:fs/promises';
import type { Env } from '../config/folders.ts';
import { usageError } from '../rules/errors.ts';
import { fileProblem } from '../rules/text/file-problem.ts';
import { readSharedFiles } from './profile.ts';

/**
 * The certificates that servers are checked with in place of Node's own: those in the file that `AWS_CA_BUNDLE` names, else
 * the profile's `ca_bundle` (AWS SDKs and Tools Reference Guide, "General configuration settings").
 * @returns PEM; undefined where none are named
 * @throws AppError (exit 2) where the file can't be read, or holds no certificate
 */
export async function caBundle(env: Env, profile: string | undefined): Promise<string | undefined> {
  const { AWS_CA_BUNDLE } = env;
  const named = AWS_CA_BUNDLE || (await profileBundle(env, profile));
  if (!named) return undefined;
  const setting = AWS_CA_BUNDLE ? 'AWS_CA_BUNDLE' : 'ca_bundle of the profile';
  const pem = await readFile(named, 'utf8').catch((error: unknown) => {
    throw invalid(`${setting} names ${named}, which can't be read: ${fileProblem(error)}.`);
  });
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw invalid(`${setting} names ${named}, which holds no certificate.`);
  }
  return pem;
}

async function profileBundle(env: Env, profile = 'default'): Promise<string | undefined> {
  return (await readSharedFiles(env)).profile(profile)?.ca_bundle;
}

function invalid(message: string) {
  return usageError(message, 'Name a file of certificates in PEM, or none.', 'InvalidCaBundle');
}
