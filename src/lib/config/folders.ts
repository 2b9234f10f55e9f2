import { tmpdir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Environment variables. */
export type Env = Readonly<Record<string, string | undefined>>;

/** `$XDG_CONFIG_HOME/pubsub`, by default `~/.config/pubsub` (XDG Base Directory Specification). */
export function configDirectory(env: Env): string {
  return join(absolute(env.XDG_CONFIG_HOME) ?? join(homeOf(env), '.config'), 'pubsub');
}

/** `$XDG_STATE_HOME/pubsub`, by default `~/.local/state/pubsub` (XDG Base Directory Specification). */
export function stateDirectory(env: Env): string {
  return join(absolute(env.XDG_STATE_HOME) ?? join(homeOf(env), '.local', 'state'), 'pubsub');
}

/** `$XDG_DATA_HOME`, by default `~/.local/share` (XDG Base Directory Specification). */
export function dataDirectory(env: Env): string {
  return absolute(env.XDG_DATA_HOME) ?? join(homeOf(env), '.local', 'share');
}

/** Relative paths are to be ignored, the specification says: each command would find another folder. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

/** The user's home: `HOME`, else what the system knows (cron and services have no `HOME`), else a folder of the user's. */
export function homeOf(env: Env): string {
  const given = absolute(env.HOME);
  if (given !== undefined) return given;
  try {
    return userInfo().homedir;
  } catch {
    // A container may run as a user that the system doesn't know.
    return join(tmpdir(), `pubsub-home-${process.getuid?.() ?? 0}`);
  }
}
