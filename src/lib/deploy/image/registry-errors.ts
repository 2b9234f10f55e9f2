import { isRecord } from '../../events/json-value.ts';
import { AppError } from '../../rules/errors.ts';
import { shownText } from '../../rules/text/shown-text.ts';
import { type ExchangeAnswer, readBody } from './http-exchange.ts';
import type { ImageReference } from './reference.ts';
import { denied, ecrRegistry } from './registry-auth.ts';

const MAX_ERROR_BYTES = 64 * 1024;

/** That nobody answered, or nobody in order. @param tries that failed */
export function unreachable(registry: string, cause: Error, tries: number): AppError {
  return new AppError({
    code: 'RegistryUnreachable',
    message: `${registry} can't be reached: ${cause.message}, ${tries} times.`,
    hint: 'Check the name, the network and HTTPS_PROXY.',
    cause,
  });
}

/** That a registry gave other bytes than it was asked for. */
export function mismatch(registry: string, digest: string): AppError {
  return new AppError({
    code: 'DigestMismatch',
    message: `What ${registry} gives as ${digest} is something else.`,
    hint: 'Somebody between here and there changes it, or the registry is broken.',
  });
}

/** An answer that is none of those that were hoped for. @param what it was asked to do, as a clause. */
export async function refused(
  { registry, repository }: ImageReference,
  answer: ExchangeAnswer,
  what: string,
): Promise<AppError> {
  const text = (await readBody(answer, MAX_ERROR_BYTES).catch(() => Buffer.alloc(0))).toString();
  const { code, message } = firstError(text);
  if (answer.status === 403) return denied(registry, message ?? `it refuses to ${what}`);
  const isMissing = answer.status === 404;
  const isEcr = ecrRegistry(registry) !== undefined;
  return new AppError({
    code: isMissing ? 'ImageNotFound' : 'RegistryRefused',
    message: `${registry} refuses to ${what} of ${repository}: ${[code, message].filter(Boolean).join(', ') || answer.status}.`,
    hint:
      isMissing && isEcr
        ? `aws ecr create-repository --repository-name ${repository} --image-tag-mutability IMMUTABLE`
        : 'Check the name of the image.',
  });
}

/** The first error of a registry's answer (OCI Distribution Specification, "Error codes"). */
function firstError(text: string): { readonly code?: string; readonly message?: string } {
  try {
    const { errors } = JSON.parse(text);
    const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
    if (!isRecord(first)) return {};
    const { code, message } = first;
    return {
      ...(typeof code === 'string' && { code: shownText(code) }),
      ...(typeof message === 'string' && { message: shownText(message) }),
    };
  } catch {
    return {};
  }
}
