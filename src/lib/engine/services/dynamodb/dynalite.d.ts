declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** @param options.path folder of the LevelDB store; in memory unless given. The times are milliseconds. */
  export default function dynalite(options: {
    readonly path?: string;
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }): Server;
}
