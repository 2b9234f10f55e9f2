/** Languages that a project can begin in. */
export const LANGUAGES = ['ts', 'python', 'ruby'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What a topology of the user's own begins with. */
export interface OwnTopology {
  /** The topic's name. */
  readonly topic: string;
  /** Empty for two, one of them with a filter. */
  readonly subscribers: readonly string[];
  /** Empty for two. */
  readonly eventTypes: readonly string[];
}

/** What a project to begin with is made from. */
export interface StarterRequest {
  /** The project's name, and the topology's where it is its own. */
  readonly name: string;
  /** A topology that comes with the package, or one of the user's own. */
  readonly from: string | OwnTopology;
  readonly language: Language;
  /** How the command is called in the project's folder. */
  readonly pubsub: string;
  /** What a `package.json` says of this package: a version, or `file:` and where it is. */
  readonly dependency: string;
}

/** A file of the project: its path with slashes, relative to the project's folder. */
export interface StarterFile {
  readonly path: string;
  readonly text: string;
}

/** A project to begin with. */
export interface Starter {
  /** The topology's name. */
  readonly topology: string;
  readonly files: readonly StarterFile[];
  /** Command lines that make it run, to be given in its folder. */
  readonly steps: StarterSteps;
}

export interface StarterSteps {
  /** Empty where nothing has to be. */
  readonly install: readonly string[];
  /** Command that goes on until Ctrl-C, without `pubsub`: handles what arrives, or shows what functions do with it. */
  readonly run: string;
  /** Publishes an event of each type. */
  readonly send: string;
  readonly test: string;
}

/** What handles a subscriber's events in a language: a module, or a program that is kept. */
export type StarterHandler =
  | { readonly module: string }
  | { readonly exec: string; readonly mode: 'stream' };
export type HandlerOf = (subscriber: string) => StarterHandler;
