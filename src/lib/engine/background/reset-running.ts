import { AppError } from '../../rules/errors.ts';

/**
 * Lets an engine that runs forget everything, as its path `/_pubsub/reset` does.
 *
 * @param token that the engine asks for. @throws AppError `ResetFailed`
 */
export async function resetRunning(endpoint: string, token: string | undefined): Promise<void> {
  const headers: Record<string, string> =
    token === undefined ? {} : { Authorization: `Bearer ${token}` };
  let problem: string;
  try {
    const answer = await fetch(`${endpoint}/_pubsub/reset`, { method: 'POST', headers });
    if (answer.ok) return;
    if (answer.status === 401) throw needsToken(endpoint);
    problem = await answer.text();
  } catch (error) {
    if (error instanceof AppError) throw error;
    problem = (error as Error).message;
  }
  throw new AppError({
    code: 'ResetFailed',
    message: `The local engine at ${endpoint} did not reset: ${problem.trim()}`,
    hint: 'pubsub local stop && pubsub local reset',
  });
}

function needsToken(endpoint: string): AppError {
  return new AppError({
    code: 'ResetFailed',
    message: `The local engine at ${endpoint} asks for its token.`,
    hint: 'PUBSUB_TOKEN=TOKEN pubsub local reset, with the token that it was started with',
  });
}
