import { AppError } from '../../rules/errors.ts';
import { backgroundStatus } from './status.ts';

/** The URL of the engine that runs on a state folder; nothing where none runs, or the one that does gives no answer. */
export async function findEngine(stateDir: string): Promise<string | undefined> {
  try {
    return (await backgroundStatus(stateDir)).endpoint ?? undefined;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
