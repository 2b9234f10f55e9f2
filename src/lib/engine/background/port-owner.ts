import { AppError } from '../../rules/errors.ts';
import { checkHealth } from './health.ts';

/** How long the owner of a taken port may take to say what it is, in milliseconds. */
const PATIENCE = 1000;

/** The error for a port on which something else listens: `PortTaken`, saying what, and how to go round it. */
export async function portTaken(port: number): Promise<AppError> {
  const owner = await describeOwner(port);
  return new AppError({
    code: 'PortTaken',
    message: `The local engine can't start: port ${port} is taken by ${owner}.`,
    hint: 'pubsub local start --port 0',
  });
}

async function describeOwner(port: number): Promise<string> {
  const check = await checkHealth(`http://127.0.0.1:${port}`, PATIENCE);
  switch (check.kind) {
    case 'engine': {
      const { pid, stateDir } = check.health;
      const where = stateDir === null ? 'without a state folder' : `on ${stateDir}`;
      return `another pubsub engine (pid ${pid}, ${where})`;
    }
    case 'other':
      return check.server === undefined
        ? 'another program'
        : `another program (an HTTP server that calls itself ${check.server})`;
    default:
      return 'another program';
  }
}
