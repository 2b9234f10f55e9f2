import { randomUUID } from 'node:crypto';
import type { FunctionVersion, LambdaFunction } from './function.ts';

/** A function with its latest version published, and that version. */
export interface Published {
  readonly after: LambdaFunction;
  readonly version: FunctionVersion;
}

/**
 * Publishes the latest version under the next number. Where nothing changed since the last was published, that one
 * stays the last ("Lambda doesn't publish a version if …", API reference, `PublishVersion`).
 *
 * @param at milliseconds since the epoch
 */
export function publish(fn: LambdaFunction, at: number, description?: string): Published {
  const last = fn.published.at(-1);
  const text = description ?? fn.latest.description;
  if (last !== undefined && isSame(last, { ...fn.latest, description: text })) {
    return { after: fn, version: last };
  }
  const version: FunctionVersion = {
    ...fn.latest,
    version: String(fn.nextVersion),
    description: text,
    modifiedAt: at,
    revisionId: randomUUID(),
  };
  const published = [...fn.published, version];
  return { after: { ...fn, published, nextVersion: fn.nextVersion + 1 }, version };
}

function isSame(a: FunctionVersion, b: FunctionVersion): boolean {
  return content(a) === content(b);
}

function content({ version, modifiedAt, revisionId, ...rest }: FunctionVersion): string {
  return JSON.stringify(rest);
}
