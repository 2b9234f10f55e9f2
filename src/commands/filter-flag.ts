import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { usageError } from '../lib/rules/errors.ts';
import {
  type FilterPolicyScope,
  InvalidFilterPolicy,
  parseFilterPolicy,
} from '../lib/rules/filter-policy/index.ts';
import { printable, shownText } from '../lib/rules/text/shown-text.ts';
import { readGivenFile } from './given-file.ts';

/** A filter policy that SNS takes. */
export interface GivenPolicy {
  /** Its JSON text. */
  readonly filterPolicy: string;
  readonly scope: FilterPolicyScope;
}

const SCOPES: Readonly<Record<string, FilterPolicyScope>> = {
  attributes: 'MessageAttributes',
  body: 'MessageBody',
  MessageAttributes: 'MessageAttributes',
  MessageBody: 'MessageBody',
};

/** Reads `--scope`: what a policy looks at. @throws AppError (exit 2). */
export function parseScope(text: string | undefined): FilterPolicyScope {
  const scope = Object.hasOwn(SCOPES, text ?? 'attributes')
    ? SCOPES[text ?? 'attributes']
    : undefined;
  if (scope !== undefined) return scope;
  throw usageError(
    `--scope must be attributes or body, not "${shownText(text ?? '')}".`,
    '--scope body',
  );
}

/**
 * Reads a filter policy from the command line: its JSON, a file that holds it, or `name=value` (several values with
 * commas between).
 * @param flag whose value it is, for the error.
 * @throws AppError (exit 2) for what is none of these, and for a policy that SNS refuses, in SNS's words.
 */
export function readPolicyFlag(
  flag: string,
  given: string,
  scope: FilterPolicyScope,
  cwd: string,
): GivenPolicy {
  const filterPolicy = policyText(flag, given, cwd);
  try {
    parseFilterPolicy(filterPolicy, scope);
  } catch (error) {
    if (!(error instanceof InvalidFilterPolicy)) throw error;
    const [reason = ''] = error.message.split('\n');
    throw usageError(
      `${flag}: SNS refuses this filter policy: ${printable(reason.slice(0, 200))}`,
      `Such as ${flag} '{"event_type":["payment.captured"]}'`,
      'InvalidFilterPolicy',
    );
  }
  return { filterPolicy, scope };
}

function policyText(flag: string, given: string, cwd: string): string {
  if (given.trimStart().startsWith('{')) return given;
  if (existsSync(resolve(cwd, given))) return readGivenFile(cwd, given, flag);
  const [, name, values] = /^([\w.-]+)=(.+)$/s.exec(given) ?? [];
  if (name === undefined || values === undefined) {
    throw usageError(
      `${flag} must be a filter policy as JSON, a file that holds one, or name=value; not "${shownText(given)}".`,
      `Such as ${flag} event_type=payment.captured`,
    );
  }
  return JSON.stringify({ [name]: values.split(',') });
}
