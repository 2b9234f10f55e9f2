import { once } from 'node:events';
import { join } from 'node:path';
import { Argument, type Command } from 'commander';
import { topologyOf } from '../../lib/config/topology.ts';
import type { ServiceLog } from '../../lib/platform/service/log.ts';
import { SERVICE_NAMES, type ServiceName } from '../../lib/platform/service/names.ts';
import type { RunningService } from '../../lib/platform/service/start.ts';
import { listeningAddress } from '../../lib/process/task-ports.ts';
import { AppError, EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { isOutputLost } from '../../lib/ui/io.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { traced } from '../traced.ts';
import { openTransport } from '../transport.ts';

declare const PUBSUB_VERSION: string;

/** `pubsub platform service <name>` */
export function defineService(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub platform service auth',
      'PORT=3003 GRPC_PORT=4003 AUTH_URL=http://127.0.0.1:3001 pubsub platform service products',
    ],
    'curl localhost:3001/ready',
  )
    .addArgument(new Argument('<name>', 'which service').choices(SERVICE_NAMES))
    .addHelpText(
      'after',
      `
Environment: HOST, PORT, GRPC_PORT; SERVICE_SECRET; DATABASE_URL (else an
embedded database), REDIS_URL, RABBITMQ_URL, SMTP_URL, AUTH_URL and the other
services' addresses, OTEL_EXPORTER_OTLP_ENDPOINT.`,
    )
    .action((name: ServiceName) => run(command, (context) => serveAlone(context, name)));
}

async function serveAlone(context: CommandContext, name: ServiceName): Promise<ExitCode> {
  const { io, printer, settings } = context;
  const [{ loadService }, { startService }, { createLog }, topology] = await Promise.all([
    import('../../lib/platform/run/services.ts'),
    import('../../lib/platform/service/start.ts'),
    import('../../lib/platform/service/log.ts'),
    topologyOf({ ...settings, topology: 'platform' }),
  ]);
  const log = createLog(name, (line) => io.stderr.write(`${line}\n`));
  const logging = { ...context, printer: { ...printer, note: log.info, warn: log.warn } };
  const env = { OTEL_SERVICE_NAME: `platform-${name}`, ...io.env };
  const { stop } = io.interrupts;
  await traced({ io: { ...io, env }, printer: logging.printer }, async (tracing) => {
    const definition = await loadService(name);
    const service = await startService(definition, {
      ...{ env: containerAddress(env), version: PUBSUB_VERSION, log, tracing, topology },
      openTransport: () => openTransport(logging),
      stateDir: join(settings.stateDir, 'platform'),
      signal: stop,
    }).catch((error: unknown) => refuse(error, name, log));
    if (service === undefined) return;
    announce(context, log, name, service);
    if (!stop.aborted) await once(stop, 'abort');
    log.info('Stopping: finishing what is in hand');
    await service.stop();
    log.info('Stopped');
  });
  return isOutputLost(io) ? EXIT.failed : EXIT.done;
}

/** In a task of the local engine a container's port is another one of this machine. */
function containerAddress(env: CommandContext['io']['env']) {
  if (env.PORT === undefined) return env;
  const { host, port } = listeningAddress(env, {
    host: env.HOST ?? '127.0.0.1',
    port: Number(env.PORT),
  });
  return { ...env, HOST: host, PORT: String(port) };
}

/** @throws AppError `PortInUse`, or what kept the service from starting */
function refuse(error: unknown, name: ServiceName, log: ServiceLog): undefined {
  const { code, port, name: kind } = error as NodeJS.ErrnoException & { port?: number };
  if (kind === 'AbortError') {
    log.info('Stopped');
    return undefined;
  }
  if (code !== 'EADDRINUSE') throw error;
  throw new AppError({
    code: 'PortInUse',
    message: `Port ${port} is in use.`,
    hint: `Choose another, or a free one with: PORT=0 GRPC_PORT=0 pubsub platform service ${name}`,
    cause: error,
  });
}

function announce(
  { printer }: CommandContext,
  log: ServiceLog,
  name: ServiceName,
  { url, grpcUrl }: RunningService,
): void {
  log.info('Listening', { url, grpc_url: grpcUrl });
  printer.record({ service: name, pid: process.pid, url, grpcUrl: grpcUrl ?? null });
}
