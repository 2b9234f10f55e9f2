const PROBLEMS: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EIO: 'the disk reports an error',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOTDIR: 'a part of the path is not a folder',
};

/** What keeps a file from being written or read, in words; undefined for an error that is not the disk's. */
export function diskProblem(error: unknown): string | undefined {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && code in PROBLEMS) return PROBLEMS[code];
  // LMDB's errors carry the system's text, and no name.
  if (typeof message !== 'string') return undefined;
  if (message.includes('No space left on device')) return PROBLEMS.ENOSPC;
  if (message.includes('Disk quota exceeded')) return PROBLEMS.EDQUOT;
  if (message.includes('Read-only file system')) return PROBLEMS.EROFS;
  if (message.includes('Input/output error')) return PROBLEMS.EIO;
  return message.includes('Permission denied') ? PROBLEMS.EACCES : undefined;
}
