import { AppError } from '../rules/errors.ts';

/**
 * What is worth a look and not needed: nothing where the target refuses it or has no such service.
 * @throws AppError `EndpointUnreachable`, and whatever isn't an AppError.
 */
export async function unlessRefused<T>(reading: Promise<T[]>): Promise<T[]> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AppError && error.code !== 'EndpointUnreachable') return [];
    throw error;
  }
}
