import { validationError } from './errors.ts';

/** Attributes as answers have them. */
export function attributeList(attributes: Readonly<Record<string, string>>) {
  return Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
}

/** Attributes whose values the engine works with, and their bounds in seconds. */
const SECONDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  'idle_timeout.timeout_seconds': [1, 4_000],
  'deregistration_delay.timeout_seconds': [0, 3_600],
};

/** Attributes after a change of some. @throws ServiceError `ValidationError` */
export function attributesAfter(
  before: Readonly<Record<string, string>>,
  given: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
): Record<string, string> {
  const changed = given.map(({ Key = '', Value = '' }) => [Key, Value] as const);
  for (const [key, value] of changed) {
    const [least, most] = SECONDS[key] ?? [];
    if (least === undefined || most === undefined) continue;
    if (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most) continue;
    throw validationError(
      `Attribute value '${value}' is not valid for '${key}': it must be between ${least} and ${most}`,
    );
  }
  return { ...before, ...Object.fromEntries(changed) };
}
