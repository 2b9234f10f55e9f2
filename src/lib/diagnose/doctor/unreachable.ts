import type { Target } from '../../config/target.ts';
import type { AppError } from '../../rules/errors.ts';
import { aws, type Fix } from './check.ts';
import { type Diagnosis, diagnosisOf } from './diagnose.ts';

/** Failures to reach the target at all: the check that each of them is, and what fixes it. */
const FAILURES: Readonly<
  Record<string, { readonly id: string; readonly fix?: Fix; readonly localFix?: Fix }>
> = {
  ExpiredCredentials: { id: 'credentials', fix: aws('sso', 'login') },
  MissingCredentials: { id: 'credentials', fix: aws('sso', 'login') },
  InvalidCredentials: { id: 'credentials', fix: aws('sso', 'login') },
  AccessDenied: { id: 'credentials' },
  MissingRegion: {
    id: 'region',
    fix: { tool: 'pubsub', words: ['doctor', '--region', 'us-east-1'], safe: false },
  },
  UnknownRegion: { id: 'region' },
  TlsFailed: { id: 'endpoint' },
  ProxyRefused: { id: 'endpoint' },
  UnreadableAnswer: { id: 'endpoint' },
  EndpointUnreachable: {
    id: 'endpoint',
    localFix: { tool: 'pubsub', words: ['local', 'start'], safe: false },
  },
};

/**
 * The diagnosis where the target can't be reached, so that nothing behind it can be looked at.
 * @returns undefined for a failure that is not a finding.
 */
export function unreachable(error: AppError, kind: Target['kind']): Diagnosis | undefined {
  const failure = FAILURES[error.code];
  if (failure === undefined) return undefined;
  const fix = failure.fix ?? (kind === 'local' ? failure.localFix : undefined);
  return diagnosisOf([
    {
      id: failure.id,
      subject: 'target',
      verdict: 'fail',
      evidence: error.message,
      ...(fix ? { fix } : {}),
    },
  ]);
}
