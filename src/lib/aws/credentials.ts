import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { fromProcess } from '@aws-sdk/credential-provider-process';
import type { Env } from '../config/folders.ts';
import { AppError, EXIT } from '../rules/errors.ts';
import { credentialProblem } from './credential-problem.ts';
import { isOfProcess, readSharedFiles } from './profile.ts';

/** Asks for the code of an MFA device. */
export type AskMfaCode = (device: string) => Promise<string>;

/** How credentials are found. */
export interface CredentialOptions {
  readonly env: Env;
  readonly profile: string | undefined;
  /** Undefined where nobody can be asked. */
  readonly askMfaCode: AskMfaCode | undefined;
  /** The agent of an HTTPS proxy, for the calls that get credentials. */
  readonly requestHandler: object;
}

/**
 * The SDK's credential chain, once for all clients of a run, so that nobody is asked for an MFA code twice.
 * @returns a provider that throws an AppError (exit 4) with the reason and its cure.
 */
export function credentialChain({ env, profile, askMfaCode, requestHandler }: CredentialOptions) {
  const chain = defaultProvider({
    ...(profile === undefined ? {} : { profile }),
    mfaCodeProvider: async (device) => {
      if (askMfaCode !== undefined) return askMfaCode(device);
      throw new AppError({
        code: 'MfaCodeNeeded',
        message: `The AWS profile "${profile ?? 'default'}" needs a code of the MFA device ${device}, and there is no terminal to ask on.`,
        hint: `Run it on a terminal, or get a session first: aws sts get-session-token --serial-number ${device} --token-code 123456`,
        exitCode: EXIT.denied,
      });
    },
    clientConfig: { requestHandler },
  });
  let ownProcess: ReturnType<typeof fromProcess> | undefined;
  const find = async (options?: Parameters<typeof chain>[0]) => {
    const name = profile ?? 'default';
    // Asked directly, it says why it fails; the chain only says that nothing was found.
    if (profile !== undefined && isOfProcess((await readSharedFiles(env)).profile(name))) {
      ownProcess ??= once(fromProcess({ profile: name }));
      return ownProcess(options);
    }
    return chain(options);
  };
  return async (options?: Parameters<typeof chain>[0]) => {
    try {
      return await find(options);
    } catch (error) {
      throw await credentialProblem(env, profile, error);
    }
  };
}

/** Milliseconds before their end at which credentials are asked for again. */
const RENEW_MS = 300_000;

/** Runs a credential_process once for all clients, and again when what it gave is about to expire. */
function once(find: ReturnType<typeof fromProcess>): ReturnType<typeof fromProcess> {
  let found: ReturnType<typeof find> | undefined;
  return async (options) => {
    const before = found;
    const last = await before?.catch(() => undefined);
    const ends = last?.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
    // Whoever else waited may have asked meanwhile.
    const isStale = found === before && (last === undefined || ends - Date.now() < RENEW_MS);
    if (isStale) found = find(options);
    return found ?? find(options);
  };
}
