/** What the order server has to say, without anything of an order in it. */
export type ServerLogEntry =
  | {
      readonly kind: 'request';
      readonly requestId: string;
      readonly method: string;
      /** The route's pattern, not the address: ids and filters stay out of the log. */
      readonly route: string;
      readonly status: number;
      /** Milliseconds. */
      readonly ms: number;
    }
  /** Why a request was answered with 500 or more. */
  | { readonly kind: 'failure'; readonly requestId: string; readonly message: string }
  | { readonly kind: 'note' | 'warning'; readonly message: string };

/** Where entries go. MUST NOT throw. */
export type ServerLog = (entry: ServerLogEntry) => void;

type Level = 'info' | 'warn' | 'error';

function levelOf(entry: ServerLogEntry): Level {
  switch (entry.kind) {
    case 'request':
      return entry.status >= 500 ? 'error' : 'info';
    case 'failure':
      return 'error';
    case 'warning':
      return 'warn';
    case 'note':
      return 'info';
  }
}

/** An entry as one line of JSON. @param time milliseconds since 1970. */
export function serverLogLine(entry: ServerLogEntry, time: number): string {
  const { kind, ...facts } = entry;
  const base = { time: new Date(time).toISOString(), level: levelOf(entry), kind };
  if (!('ms' in facts)) return JSON.stringify({ ...base, ...facts });
  return JSON.stringify({ ...base, ...facts, ms: Math.round(facts.ms * 10) / 10 });
}
