import { AppError, EXIT } from '../rules/errors.ts';
import type { Settings } from './settings.ts';

/** @throws AppError `UntrustedFile` (exit 2) where a project's file sends requests where the user didn't agree to. */
export function assertTrusted({ distrusted, project }: Settings): void {
  if (distrusted === undefined) return;
  const said = Object.entries(distrusted).flatMap(([key, value]) =>
    value ? [`${key}: ${value}`] : [],
  );
  throw new AppError({
    code: 'UntrustedFile',
    message: `${project.path} says "${said.join(', ')}", which you have not agreed to. Nothing was sent.`,
    hint: 'Look at it. If you trust it, run: pubsub trust',
    exitCode: EXIT.usage,
  });
}
