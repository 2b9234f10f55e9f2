import { randomBytes } from 'node:crypto';

/** What a new trace begins with: the second and 96 random bits ("Tracing header", AWS X-Ray). @param time in milliseconds */
export function newTraceRoot(time: number): string {
  return `Root=1-${Math.floor(time / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
}
