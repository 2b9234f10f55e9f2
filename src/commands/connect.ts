import type { Aws, LocalEngine } from '../lib/aws/clients.ts';
import type { AskMfaCode } from '../lib/aws/credentials.ts';
import { notOnRabbitMq } from '../lib/config/broker.ts';
import type { TargetIdentity } from '../lib/config/target.ts';
import { describeTarget } from '../lib/ui/target.ts';
import type { CommandContext } from './command.ts';

/** An open line to the target. */
export interface Connection {
  readonly aws: Aws;
  readonly identity: TargetIdentity;
}

/**
 * Reaches the target and says on stderr which it is; on `local` it starts the engine first where none runs.
 * The SDK is loaded here and not before: help and bad input answer without it.
 * @throws AppError when the engine can't start, the target can't be reached, or it refuses the credentials.
 */
export function connect(context: CommandContext): Promise<Connection> {
  const known = connections.get(context);
  if (known) return known;
  const opening = open(context);
  connections.set(context, opening);
  // A target that is away may be there at the next try.
  opening.catch(() => connections.delete(context));
  return opening;
}

/** One a run: looking for a topology may have reached the target before the command does. */
const connections = new WeakMap<CommandContext, Promise<Connection>>();

async function open(context: CommandContext): Promise<Connection> {
  const { settings } = context;
  if (settings.target.kind === 'rabbitmq') throw notOnRabbitMq(context.onRabbitMq);
  const [local] = await Promise.all([
    settings.target.kind === 'local' ? startOnce(context) : undefined,
    import('../lib/aws/clients.ts'),
  ]);
  return connectTo(context, local);
}

/** Like `connect`, with an engine that runs already; of one in the background, also how to find it again. */
export async function connectTo(
  context: CommandContext,
  local: string | LocalEngine | undefined,
): Promise<Connection> {
  const { printer, settings } = context;
  const [{ createAws }, { identify }] = await Promise.all([
    import('../lib/aws/clients.ts'),
    import('../lib/aws/identity.ts'),
  ]);
  const aws = await createAws(settings, local, mfaCodeAsker(context));
  const identity = await identify(aws);
  printer.note(printer.noteStyle.dim(describeTarget(identity)));
  return { aws, identity };
}

/** Asks for an MFA code on the terminal; undefined where nobody can be asked. */
function mfaCodeAsker({ io, printer }: CommandContext): AskMfaCode | undefined {
  if (!printer.interactive) return undefined;
  return async (device) => {
    const { input } = await import('../lib/ui/prompts.ts');
    return input(io, `Code of the MFA device ${device}`, {
      check: (code) => /^\d{6}$/.test(code) || 'Six digits',
    });
  };
}

function startOnce(context: CommandContext): Promise<LocalEngine> {
  const starting = startLocalEngine(context);
  starts.set(context, starting);
  return starting;
}

/**
 * Waits for an engine that a command is starting: what it leaves in the background, it says. Never throws.
 */
export async function engineStarted(context: CommandContext): Promise<void> {
  await starts.get(context)?.catch(() => undefined);
}

const starts = new WeakMap<CommandContext, Promise<LocalEngine>>();

async function startLocalEngine({ printer, settings }: CommandContext): Promise<LocalEngine> {
  const { ensureRunning, findEngine } = await import('../lib/engine/background.ts');
  const { stateDir } = settings;
  const { endpoint, pid, started } = await ensureRunning({ stateDir });
  if (started) {
    printer.note(`Started the local engine at ${endpoint} (pid ${pid}).`);
    printer.note('Stop it with: pubsub local stop');
  }
  return { endpoint, locate: () => findEngine(stateDir) };
}
