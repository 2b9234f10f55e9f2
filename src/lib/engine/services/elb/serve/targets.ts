import type { Target, TargetHealth } from '../../../ports.ts';
import { checkTarget, type HealthCheckSettings } from './health-check.ts';

/** What a target group says of its targets. */
export interface GroupSettings {
  readonly healthCheck: HealthCheckSettings;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A target that requests are sent to. */
export interface RegisteredTarget extends Target {
  readonly health: TargetHealth;
  readonly isDraining: boolean;
  /** A request begins. @returns says that it is over */
  begin(): () => void;
}

interface Entry extends RegisteredTarget {
  health: TargetHealth;
  isDraining: boolean;
  inFlight: number;
  stopChecks: () => void;
  onIdle: () => void;
}

/** "deregistration_delay.timeout_seconds … the default value is 300 seconds". */
const DEREGISTRATION_DELAY_SECONDS = 300;

/** The targets of one group. */
export class Targets {
  readonly #entries = new Map<string, Entry>();
  #turn = 0;

  /** All of them, those that are on their way out too. */
  get all(): readonly RegisteredTarget[] {
    return [...this.#entries.values()];
  }

  register({ healthCheck }: GroupSettings, target: Target): void {
    const key = keyOf(target);
    this.#entries.get(key)?.stopChecks();
    const entry: Entry = {
      ...target,
      health: 'initial',
      isDraining: false,
      inFlight: 0,
      stopChecks: () => undefined,
      onIdle: () => undefined,
      begin: () => {
        entry.inFlight += 1;
        return () => {
          entry.inFlight -= 1;
          if (entry.inFlight === 0) entry.onIdle();
        };
      },
    };
    this.#entries.set(key, entry);
    this.#check(healthCheck, entry);
  }

  /** Checks targets as the group says from now on. */
  recheck({ healthCheck }: GroupSettings): void {
    for (const entry of this.#entries.values()) {
      entry.stopChecks();
      if (!entry.isDraining) this.#check(healthCheck, entry);
    }
  }

  async deregister({ attributes }: GroupSettings, target: Target): Promise<void> {
    const key = keyOf(target);
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.isDraining) return;
    entry.isDraining = true;
    entry.stopChecks();
    const given = attributes['deregistration_delay.timeout_seconds'];
    const delayMs = Number(given ?? DEREGISTRATION_DELAY_SECONDS) * 1000;
    if (entry.inFlight > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, delayMs).unref();
        entry.onIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }

  healthOf(target: Target): TargetHealth | undefined {
    return this.#entries.get(keyOf(target))?.health;
  }

  /**
   * The one whose turn it is: a healthy one, or any that was found unhealthy where none is healthy ("routes requests to
   * all those targets, regardless of their health status"). Undefined where there is none.
   */
  next(): RegisteredTarget | undefined {
    const open = [...this.#entries.values()].filter(({ isDraining }) => !isDraining);
    const healthy = open.filter(({ health }) => health === 'healthy');
    const choice = healthy.length > 0 ? healthy : open.filter(({ health }) => health !== 'initial');
    this.#turn += 1;
    return choice[this.#turn % Math.max(1, choice.length)];
  }

  close(): void {
    for (const { stopChecks } of this.#entries.values()) stopChecks();
    this.#entries.clear();
  }

  #check(settings: HealthCheckSettings, entry: Entry): void {
    entry.stopChecks = checkTarget(settings, entry, (health) => {
      entry.health = health;
    });
  }
}

function keyOf({ host, port }: Target): string {
  return `${host}:${port}`;
}
