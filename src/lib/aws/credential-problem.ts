import { existsSync } from 'node:fs';
import type { Env } from '../config/folders.ts';
import { AppError, EXIT } from '../rules/errors.ts';
import { nearest } from '../rules/text/nearest.ts';
import { caBundle } from './ca-bundle.ts';
import { tlsFailure } from './errors.ts';
import { type ProfileSettings, readSharedFiles, type SharedFiles } from './profile.ts';
import { proxyAddress } from './proxy.ts';

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const WITHOUT = 'or try without an account: --target local';

/**
 * Why the SDK's credential chain found none: the way that the environment or the profile chooses, and what is wrong
 * with it. Told by what they say, never by the SDK's text, which is only passed on.
 * @param profile that was asked for; the environment and the default profile unless given.
 */
export async function credentialProblem(
  env: Env,
  profile: string | undefined,
  cause: unknown,
): Promise<AppError> {
  if (cause instanceof AppError) return cause;
  const tls = tlsFailure(cause, 'get credentials', {
    place: 'AWS',
    proxy: proxyAddress(env)?.origin,
    caBundle: (await caBundle(env, profile))?.file,
  });
  if (tls !== undefined) return tls;
  const files = await readSharedFiles(env);
  const said = sentence(cause instanceof Error ? cause.message : String(cause));
  const { code, message, hint } =
    ofEnvironment(env, profile) ?? ofProfile(files, profile, said) ?? nothing(profile);
  return new AppError({ code, message, hint, exitCode: EXIT.denied, cause });
}

function nothing(profile: string | undefined): Problem {
  const login = profile === undefined ? 'aws sso login' : `aws sso login --profile ${profile}`;
  return {
    code: 'MissingCredentials',
    message: `There are no AWS credentials${profile === undefined ? '' : ` in profile "${profile}"`}: no AWS credentials were found in the environment, the shared files or the machine's role.`,
    hint: `Log in with: ${login}   or: aws configure   ${WITHOUT}`,
  };
}

function ofEnvironment(env: Env, profile: string | undefined): Problem | undefined {
  if (profile !== undefined) return undefined;
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = env;
  if (Boolean(id) !== Boolean(secret)) {
    const [has, lacks] = id
      ? ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
      : ['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'];
    return {
      code: 'IncompleteCredentials',
      message: `${has} is set, but ${lacks} is not.`,
      hint: `Set both, or neither and use a profile; ${WITHOUT}`,
    };
  }
  const token = env.AWS_WEB_IDENTITY_TOKEN_FILE;
  return token ? webIdentity('AWS_WEB_IDENTITY_TOKEN_FILE', token, env.AWS_ROLE_ARN) : undefined;
}

function ofProfile(
  files: SharedFiles,
  profile: string | undefined,
  said: string,
): Problem | undefined {
  const name = profile ?? 'default';
  const settings = files.profile(name);
  if (settings !== undefined) return ofSettings(files, name, settings, said, []);
  if (profile === undefined) return undefined;
  const near = nearest(profile, files.names);
  return {
    code: 'UnknownProfile',
    message: `There is no AWS profile "${profile}".${near ? ` Did you mean "${near}"?` : ''}`,
    hint: 'See them with: aws configure list-profiles',
  };
}

/** @param seen profiles that lead to this one. */
function ofSettings(
  files: SharedFiles,
  name: string,
  settings: ProfileSettings,
  said: string,
  seen: readonly string[],
): Problem | undefined {
  const { aws_access_key_id: id, aws_secret_access_key: secret } = settings;
  if (settings.role_arn !== undefined && !(id && secret && seen.length > 0)) {
    return ofRole(files, name, settings, said, seen);
  }
  if (Boolean(id) !== Boolean(secret)) {
    const lacks = id ? 'aws_secret_access_key' : 'aws_access_key_id';
    return {
      code: 'IncompleteCredentials',
      message: `Profile "${name}" has no ${lacks}.`,
      hint: `aws configure --profile ${name}`,
    };
  }
  if (id) return undefined;
  if (settings.sso_session !== undefined || settings.sso_start_url !== undefined) {
    return ofSso(files, name, settings, said);
  }
  if (settings.credential_process !== undefined) {
    return {
      code: 'CredentialProcessFailed',
      message: `The credential_process of profile "${name}" gave no credentials: ${saidBy(settings.credential_process, said)}`,
      hint: `Run it by hand; it is: aws configure get credential_process --profile ${name}`,
    };
  }
  if (settings.login_session !== undefined) {
    return {
      code: 'ExpiredLogin',
      message: `The login of profile "${name}" is over, or was never begun: ${said}`,
      hint: `aws login --profile ${name}`,
    };
  }
  return seen.length > 0 || name !== 'default'
    ? {
        code: 'MissingCredentials',
        message: `Profile "${name}" names no credentials: no key, role, login or credential_process.`,
        hint: `aws configure --profile ${name}   or: aws configure sso --profile ${name}`,
      }
    : undefined;
}

/** What is left of an error about a command without its line, which may hold a secret. */
function saidBy(command: string, said: string): string {
  const own = said.replace(`Command failed: ${command}`, '').trim();
  return (own === '.' ? 'it failed.' : own).replaceAll(command, 'it').replaceAll(/\s*\n\s*/g, ' ');
}

function ofRole(
  files: SharedFiles,
  name: string,
  settings: ProfileSettings,
  said: string,
  seen: readonly string[],
): Problem {
  const { role_arn: role = '', source_profile: source, credential_source: place } = settings;
  const wrong = (message: string, code = 'InvalidProfile'): Problem => ({
    code,
    message,
    hint: `Fix profile "${name}" in ~/.aws/config`,
  });
  if (settings.web_identity_token_file !== undefined) {
    return webIdentity(`Profile "${name}"`, settings.web_identity_token_file, role);
  }
  if (source !== undefined && place !== undefined) {
    return wrong(`Profile "${name}" has both source_profile and credential_source: one is to go.`);
  }
  if (source === undefined && place === undefined) {
    return wrong(`Profile "${name}" has a role_arn, but no source_profile or credential_source.`);
  }
  const known = ['Environment', 'Ec2InstanceMetadata', 'EcsContainer'];
  if (place !== undefined && !known.includes(place)) {
    return wrong(
      `Profile "${name}": credential_source must be ${known.join(', ')}; not "${place}".`,
    );
  }
  if (source !== undefined && source !== name) {
    if (seen.includes(source)) {
      return wrong(
        `Profile "${name}" leads back to itself: ${[...seen, name, source].join(' → ')}.`,
      );
    }
    const before = files.profile(source);
    if (before === undefined) {
      const near = nearest(source, files.names);
      return wrong(
        `Profile "${name}" takes its credentials from source_profile "${source}", which does not exist.${near ? ` Did you mean "${near}"?` : ''}`,
      );
    }
    const problem = ofSettings(files, source, before, said, [...seen, name]);
    if (problem !== undefined) return problem;
  }
  return {
    code: 'RoleNotAssumed',
    message: `Profile "${name}" could not take on the role ${role}: ${said}`,
    hint: 'Check the trust policy of the role, the MFA code and the source credentials.',
  };
}

function ofSso(files: SharedFiles, name: string, settings: ProfileSettings, said: string): Problem {
  const { sso_session: session } = settings;
  if (session !== undefined && files.section('sso-session', session) === undefined) {
    return {
      code: 'InvalidProfile',
      message: `Profile "${name}" names the sso_session "${session}", which does not exist.`,
      hint: `aws configure sso --profile ${name}`,
    };
  }
  return {
    code: 'ExpiredLogin',
    message: `The SSO login of profile "${name}" is over, or was never begun: ${said}`,
    hint: `aws sso login --profile ${name}`,
  };
}

function webIdentity(who: string, file: string, role: string | undefined): Problem {
  const missing = existsSync(file) ? undefined : `the token file ${file} is not there`;
  const reason = missing ?? (role ? `AWS did not take it for ${role}` : 'AWS_ROLE_ARN is not set');
  return {
    code: 'WebIdentityFailed',
    message: `${who} asks for a web identity, but ${reason}.`,
    hint: 'Check the token file, the role and its trust policy.',
  };
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
