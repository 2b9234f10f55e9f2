import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is kept of a table beside the library's own store, which has no place for it. */
export interface TableSetting {
  readonly deletionProtection: boolean;
  /** The attribute of its time to live; undefined where that is off. */
  readonly timeToLive: string | undefined;
}

/** The settings of one account's tables in one region, by table name. */
export interface TableSettings {
  get(table: string): TableSetting;
  /** Changes what is given; it is on disk when this returns. */
  set(table: string, change: Partial<TableSetting>): void;
  remove(table: string): void;
}

const DEFAULTS: TableSetting = { deletionProtection: false, timeToLive: undefined };

/** @param folder where `settings.json` is kept, replaced whole at each change; in memory unless given. */
export function openTableSettings(folder: string | undefined): TableSettings {
  const file = folder === undefined ? undefined : join(folder, 'settings.json');
  const tables = new Map<string, TableSetting>(
    file !== undefined && existsSync(file)
      ? Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, TableSetting>)
      : [],
  );
  const save = (): void => {
    if (file === undefined) return;
    writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(tables)), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  return {
    get: (table) => tables.get(table) ?? DEFAULTS,
    set(table, change) {
      tables.set(table, { ...DEFAULTS, ...tables.get(table), ...change });
      save();
    },
    remove(table) {
      if (tables.delete(table)) save();
    },
  };
}
