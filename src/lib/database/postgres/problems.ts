import { AppError, EXIT } from '../../rules/errors.ts';
import { printable } from '../../rules/text/shown-text.ts';
import { databaseProblem } from '../database-problem.ts';
import { type Complaint, firstLine, type Problem, type ProblemReader } from './complaint.ts';
import { pooler } from './pooler.ts';
import type { PostgresAddress } from './url.ts';

/**
 * Why a Postgres server can't be used, as an error for people: what happened and what fixes it, never the password.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function postgresUnusable(cause: unknown, address: PostgresAddress): AppError {
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause;
  const { code = '', message = '' } = inner as { code?: string; message?: string };
  const complaint = { code, message };
  const found = READERS.map((read) => read(complaint, address)).find((problem) => problem);
  const problem = found ?? {
    reason: databaseProblem(cause),
    hint: 'Check DATABASE_URL, and that the server runs and lets you in.',
  };
  return new AppError({
    code: problem.isDenied ? 'DatabaseAccessDenied' : 'DatabaseUnreachable',
    message: `The database ${address.place} can't be used: ${withoutPassword(problem.reason, address)}.`,
    hint: problem.hint,
    ...(problem.isDenied && { exitCode: EXIT.denied }),
    cause,
  });
}

const READERS: readonly ProblemReader[] = [
  ...[password, entry, absentDatabase, pooler, socket, silence],
  ...[otherName, tls, server],
];

const ESCAPES = 'write / as %2F, ? as %3F, # as %23, @ as %40, : as %3A and % as %25.';

function password({ code, message }: Complaint, address: PostgresAddress): Problem | undefined {
  const isMissing = /password must be/i.test(message) || (code === '28P01' && !address.hasPassword);
  if (isMissing) {
    return {
      reason: `it demands a password of ${userOf(address)}, and none is given`,
      hint: `Put it into the URL: DATABASE_URL=postgres://${address.user ?? 'USER'}:PASSWORD@${address.place}, or set PGPASSWORD.`,
      isDenied: true,
    };
  }
  // PgBouncer says the same of a user that it doesn't know.
  if (/^(SASL|password) authentication failed$|^auth failed$/.test(message)) {
    return {
      reason: `it refuses ${userOf(address)} or the password`,
      hint: `Check both in DATABASE_URL; ${ESCAPES}`,
      isDenied: true,
    };
  }
  if (code !== '28P01') return undefined;
  return {
    reason: `it refuses the password of ${userOf(address)}`,
    hint: `Check the password in DATABASE_URL; ${ESCAPES}`,
    isDenied: true,
  };
}

function entry({ code, message }: Complaint, address: PostgresAddress): Problem | undefined {
  if (code === '42501') {
    return {
      reason: `${userOf(address)} may not make tables in it`,
      hint: `Let a superuser run: grant create on schema public to ${address.user ?? 'USER'}; or give it a database of its own.`,
      isDenied: true,
    };
  }
  const wantsEncryption = /no encryption|SSL off|^SSL required$/.test(message);
  if (code !== '28000' && !wantsEncryption) return undefined;
  const reason = `it does not let ${userOf(address)} in: ${firstLine(message)}`;
  if (wantsEncryption) {
    return {
      reason,
      hint: 'Encrypt the connection: add ?sslmode=require to the URL. Where that does not help, check the user, and pg_hba.conf of the server.',
      isDenied: true,
    };
  }
  if (/Peer authentication/.test(message)) {
    const hint =
      'Run as the system user of that name, or use TCP: DATABASE_URL=postgres://user:password@localhost/orders';
    return { reason, hint, isDenied: true };
  }
  return {
    reason,
    hint: 'Check the user in DATABASE_URL, and pg_hba.conf of the server.',
    isDenied: true,
  };
}

function absentDatabase(
  { code, message }: Complaint,
  address: PostgresAddress,
): Problem | undefined {
  const isAbsent = /no such database|^database ".*" does not exist$/.test(message);
  if (code !== '3D000' && !isAbsent) return undefined;
  const name = address.config.database ?? address.user ?? 'orders';
  return { reason: 'there is no such database', hint: `Make it: createdb ${printable(name)}` };
}

function socket({ code }: Complaint, { config }: PostgresAddress): Problem | undefined {
  if (!config.host?.startsWith('/') || !/^(ENOENT|EACCES|ECONNREFUSED|ENOTSOCK)$/.test(code)) {
    return undefined;
  }
  const file = `${config.host}/.s.PGSQL.${config.port ?? 5432}`;
  return {
    reason: `no server answers at the socket ${printable(file)} (${code})`,
    hint: 'Start the server, or name the folder of its socket: DATABASE_URL=postgres:///orders?host=/var/run/postgresql',
  };
}

function silence({ code, message }: Complaint): Problem | undefined {
  if (code === 'ECONNREFUSED') {
    return {
      reason: 'no server listens there (ECONNREFUSED)',
      hint: 'Start the server, or fix host and port in DATABASE_URL.',
    };
  }
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) {
    return { reason: `its host is not known (${code})`, hint: 'Fix the host in DATABASE_URL.' };
  }
  if (/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/.test(code) || /timeout/i.test(message)) {
    return {
      reason: 'it does not answer in time',
      hint: 'Check host and port in DATABASE_URL, and that no firewall is in between. A pooler there has to reach its server, and needs 10 connections to it for each process where pool_mode = session.',
    };
  }
  return undefined;
}

function otherName({ code }: Complaint, { config }: PostgresAddress): Problem | undefined {
  if (code !== 'ERR_TLS_CERT_ALTNAME_INVALID') return undefined;
  return {
    reason: `its certificate is for another name than ${printable(config.host ?? 'localhost')} (${code})`,
    hint: 'Use the name in the certificate as the host in DATABASE_URL, or look only at who signed it: sslmode=verify-ca.',
  };
}

function tls({ code, message }: Complaint): Problem | undefined {
  if (/does not support SSL/.test(message)) {
    return {
      reason: 'it takes no encrypted connections',
      hint: 'Use ?sslmode=disable, or sslmode=prefer, in the URL; or switch ssl on in the server.',
    };
  }
  if (code === 'CERT_HAS_EXPIRED') {
    return {
      reason: `its certificate is past its time (${code})`,
      hint: 'Give the server a new one, or encrypt without checking who answers: sslmode=require.',
    };
  }
  if (!/CERT|SELF_SIGNED|UNABLE_TO|SSL|TLS|ERR_OSSL/.test(code)) return undefined;
  return {
    reason: `its certificate is not accepted (${code})`,
    hint: 'Name the authority that signed it with &sslrootcert=FILE, or encrypt without checking who answers: sslmode=require.',
  };
}

function server({ code, message }: Complaint): Problem | undefined {
  if (code === '53300' || /no more connections allowed/.test(message)) {
    return {
      reason: 'it has no connection left',
      hint: 'Close some, raise max_connections, or put a pooler such as PgBouncer in front.',
    };
  }
  if (code === '57P03')
    return { reason: 'it is starting or stopping', hint: 'Run it again in a moment.' };
  if (code === '25006') {
    return {
      reason: 'it can only be read',
      hint: 'Name the primary server in DATABASE_URL, not a standby.',
    };
  }
  if (code === 'ECONNRESET' || /terminated unexpectedly/.test(message)) {
    return {
      reason: 'it closes the connection',
      hint: 'Check host and port in DATABASE_URL: a Postgres server has to answer there.',
    };
  }
  return undefined;
}

function userOf({ user }: PostgresAddress): string {
  return user === undefined ? 'the user' : `the user ${printable(user)}`;
}

/** What a server quotes may be a part of a URL that was put together wrongly. */
function withoutPassword(text: string, { config: { password: secret } }: PostgresAddress): string {
  return typeof secret === 'string' && secret.length > 2 ? text.replaceAll(secret, '***') : text;
}
