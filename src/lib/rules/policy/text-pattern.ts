import { type GlobTokens, globTokens, matchesGlob } from './glob.ts';
import { contextValues, type PolicyRequest } from './request.ts';

/** Whether a text fits a pattern of the policy; the request fills in policy variables. */
export type TextPattern = (text: string, request: PolicyRequest) => boolean;

export interface PatternOptions {
  /** `*` and `?` are wildcards. */
  readonly wildcards?: boolean;
  readonly ignoreCase?: boolean;
  /** `${aws:…}` stands for a key of the request: policies of version 2012-10-17 only. */
  readonly variables?: boolean;
}

type Part = GlobTokens | { readonly key: string; readonly fallback: string | undefined };

const VARIABLE = /\$\{([^}]*)\}/g;
const WITH_DEFAULT = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?$/;

function splitVariables(pattern: string, literal: boolean): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const found of pattern.matchAll(VARIABLE)) {
    parts.push(globTokens(pattern.slice(end, found.index), literal));
    end = found.index + found[0].length;
    const name = found[1] ?? '';
    if (name === '*' || name === '?' || name === '$') {
      parts.push(globTokens(name, true));
    } else {
      const [, key = name, fallback] = WITH_DEFAULT.exec(name) ?? [];
      parts.push({ key, fallback });
    }
  }
  parts.push(globTokens(pattern.slice(end), literal));
  return parts;
}

/** The tokens with the request's values in place; undefined when a variable has no single value. */
function fill(
  parts: readonly Part[],
  request: PolicyRequest,
  lower: boolean,
): number[] | undefined {
  const tokens: number[] = [];
  for (const part of parts) {
    if ('key' in part) {
      const values = contextValues(request, part.key.toLowerCase(), part.key);
      const value = values?.length === 1 ? values[0] : part.fallback;
      if (value === undefined) return undefined;
      tokens.push(...globTokens(lower ? value.toLowerCase() : value, true));
    } else {
      tokens.push(...part);
    }
  }
  return tokens;
}

/**
 * Compiles a pattern of a policy ("IAM JSON policy elements: Variables and tags"). A variable that the request has no
 * value for fits nothing.
 */
export function compilePattern(pattern: string, options: PatternOptions = {}): TextPattern {
  const { wildcards = false, ignoreCase = false, variables = false } = options;
  const wanted = ignoreCase ? pattern.toLowerCase() : pattern;
  if (variables && pattern.includes('${')) {
    const parts = splitVariables(pattern, !wildcards).map((part) =>
      ignoreCase && !('key' in part) ? part.map(lowerToken) : part,
    );
    return (text, request) => {
      const tokens = fill(parts, request, ignoreCase);
      return tokens !== undefined && matchesGlob(tokens, ignoreCase ? text.toLowerCase() : text);
    };
  }
  if (wildcards && wanted === '*') return () => true;
  if (wildcards && /[*?]/.test(wanted)) {
    const tokens = globTokens(wanted);
    return (text) => matchesGlob(tokens, ignoreCase ? text.toLowerCase() : text);
  }
  return ignoreCase ? (text) => text.toLowerCase() === wanted : (text) => text === wanted;
}

function lowerToken(token: number): number {
  return token < 0 ? token : String.fromCharCode(token).toLowerCase().charCodeAt(0);
}
