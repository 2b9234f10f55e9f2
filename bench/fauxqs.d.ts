/** The part of fauxqs that is used, so that types are checked where it isn't installed. */
declare module 'fauxqs' {
  export function startFauxqs(options: {
    readonly port: number;
    readonly logger: boolean;
  }): Promise<{
    readonly port: number;
    purgeAll(): void;
    stop(): Promise<void>;
  }>;
}
