import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionCode } from '../function.ts';
import { offerSdk, PACKAGES } from './sdk.ts';
import { unzip } from './unzip.ts';

type ZipCode = Extract<FunctionCode, { kind: 'zip' }>;

/** Where the code of functions is kept: each zip once, by its digest, beside what it holds. */
export interface CodeStore {
  /** Keeps a zip and unpacks it. @throws ServiceError `InvalidParameterValueException` */
  add(zip: Uint8Array): Promise<ZipCode>;
  /** The folder that code runs in. */
  folderOf(code: FunctionCode): string;
  /** The zip itself. */
  zipOf(code: ZipCode): string;
  /**
   * Drops every zip that isn't `kept`, but for those that were added a short while ago: they are on their way into a
   * function.
   */
  sweep(kept: readonly FunctionCode[]): void;
  /** Drops everything. */
  clear(): void;
}

/** How long code may be on its way from `add` into a function, in milliseconds. */
const FRESH_MS = 60_000;

/** @param stateDir of the engine; without it, a temporary folder that `clear` removes. */
export function openCodeStore(stateDir: string | undefined): CodeStore {
  let temporary: string | undefined;
  const addedAt = new Map<string, number>();
  const root = (): string => {
    if (stateDir !== undefined) return join(stateDir, 'functions');
    temporary ??= mkdtempSync(join(tmpdir(), 'pubsub-functions-'));
    return temporary;
  };
  const home = (sha256: string) => join(root(), Buffer.from(sha256, 'base64').toString('hex'));
  const isFresh = (path: string): boolean => {
    const at = addedAt.get(path);
    return at !== undefined && performance.now() - at < FRESH_MS;
  };
  return {
    async add(zip) {
      const bytes = Buffer.from(zip);
      const sha256 = createHash('sha256').update(bytes).digest('base64');
      const code: ZipCode = { kind: 'zip', sha256, size: bytes.length };
      addedAt.set(home(sha256), performance.now());
      offerSdk(root());
      if (existsSync(home(sha256))) return code;
      const draft = join(root(), `draft-${randomUUID()}`);
      addedAt.set(draft, performance.now());
      try {
        mkdirSync(join(draft, 'code'), { recursive: true, mode: 0o700 });
        await unzip(bytes, join(draft, 'code'));
        writeFileSync(join(draft, 'code.zip'), bytes);
        // Complete or not there at all. Another call may have been faster with the same code.
        if (!existsSync(home(sha256))) renameSync(draft, home(sha256));
      } finally {
        rmSync(draft, { recursive: true, force: true });
      }
      return code;
    },
    folderOf: (code) => (code.kind === 'folder' ? code.path : join(home(code.sha256), 'code')),
    zipOf: ({ sha256 }) => join(home(sha256), 'code.zip'),
    sweep(kept) {
      if (stateDir === undefined && temporary === undefined) return;
      if (!existsSync(root())) return;
      const used = new Set(
        kept.flatMap((code) => (code.kind === 'zip' ? [home(code.sha256)] : [])),
      );
      for (const name of readdirSync(root())) {
        const path = join(root(), name);
        if (name === PACKAGES || used.has(path) || isFresh(path)) continue;
        addedAt.delete(path);
        rmSync(path, { recursive: true, force: true });
      }
    },
    clear() {
      if (stateDir === undefined && temporary === undefined) return;
      rmSync(root(), { recursive: true, force: true });
      temporary = undefined;
    },
  };
}
