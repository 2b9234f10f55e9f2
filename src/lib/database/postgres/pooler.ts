import { type Complaint, firstLine, type Problem } from './complaint.ts';

/**
 * What PgBouncer says of itself and of the server behind it: all of it has one SQLSTATE, 08P01.
 * @see https://www.pgbouncer.org/config.html
 */
export function pooler({ message }: Complaint): Problem | undefined {
  const said = firstLine(message);
  if (/unsupported startup parameter/.test(said)) {
    return {
      reason: `the pooler refuses an option of the URL: ${said}`,
      hint: 'Take it out of DATABASE_URL, or add it to ignore_startup_parameters of PgBouncer.',
    };
  }
  if (/statement pooling mode/.test(said)) {
    return {
      reason: 'the pooler there splits transactions (pool_mode = statement)',
      hint: 'Give this database pool_mode = transaction in pgbouncer.ini.',
    };
  }
  if (/server_login_retry|cannot connect to server|query_wait_timeout/.test(said)) {
    return {
      reason: `the pooler there gets no connection to its server: ${said}`,
      hint: 'See that the server behind it runs and has connections left; the log of PgBouncer says why.',
    };
  }
  return undefined;
}
