/** What `ArchivePolicy` says: how long a FIFO topic keeps its messages to be replayed. */
export interface ArchivePolicy {
  readonly retentionDays: number;
}

/** What `ReplayPolicy` says, in milliseconds since the epoch. */
export interface ReplayPolicy {
  readonly start: number;
  /** Where the replay stops, and with it all delivery; undefined where the subscription goes on. */
  readonly end: number | undefined;
}

const MAX_RETENTION_DAYS = 365;

/**
 * Reads an archive policy ("Amazon SNS message archiving for FIFO topic owners").
 *
 * @returns undefined for `{}`, which takes the archive away; a text says what is wrong
 */
export function readArchivePolicy(text: string): ArchivePolicy | undefined | string {
  const policy = readObject(text);
  if (policy === undefined) return 'failed to parse JSON.';
  const [unknown] = Object.keys(policy).filter((name) => name !== 'MessageRetentionPeriod');
  if (unknown !== undefined) return `Attribute ${unknown} is unknown.`;
  const { MessageRetentionPeriod: days } = policy;
  if (days === undefined) return undefined;
  const retentionDays = Number(days);
  return /^\d{1,3}$/.test(String(days)) && retentionDays >= 1 && retentionDays <= MAX_RETENTION_DAYS
    ? { retentionDays }
    : `MessageRetentionPeriod must be a number of days from 1 to ${MAX_RETENTION_DAYS}`;
}

/** Reads a replay policy ("Amazon SNS message replay for FIFO topic subscribers"), likewise. */
export function readReplayPolicy(text: string): ReplayPolicy | undefined | string {
  const policy = readObject(text);
  if (policy === undefined) return 'failed to parse JSON.';
  if (Object.keys(policy).length === 0) return undefined;
  const { PointType, StartingPoint, EndingPoint } = policy;
  if (PointType !== 'Timestamp') return 'PointType must be Timestamp';
  const start = readTime(StartingPoint);
  if (start === undefined) return 'StartingPoint must be a time in ISO 8601';
  if (EndingPoint === undefined || EndingPoint === '') return { start, end: undefined };
  const end = readTime(EndingPoint);
  if (end === undefined) return 'EndingPoint must be a time in ISO 8601';
  return end > start ? { start, end } : 'EndingPoint must be later than StartingPoint';
}

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : undefined;
  } catch {
    return undefined;
  }
}

function readTime(value: unknown): number | undefined {
  const time =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
