import type { ServiceName } from './names.ts';
import { currentRequest } from './request-context.ts';

/** Facts beside a message; never a token, a password or a person's data. */
export type LogFacts = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes what a service has to say. Never throws. */
export interface ServiceLog {
  info(message: string, facts?: LogFacts): void;
  warn(message: string, facts?: LogFacts): void;
  error(message: string, facts?: LogFacts): void;
}

/**
 * The log of a service: lines of JSON with `time`, `level`, `service` and `message`, and with `trace_id` and
 * `request_id` while a request is answered.
 * @param write gets each line, without its end
 */
export function createLog(service: ServiceName, write: (line: string) => void): ServiceLog {
  const at =
    (level: string) =>
    (message: string, facts: LogFacts = {}) => {
      const request = currentRequest();
      const line = {
        time: new Date().toISOString(),
        level,
        service,
        message,
        ...(request && { trace_id: request.traceId, request_id: request.requestId }),
        ...facts,
      };
      write(JSON.stringify(line));
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
