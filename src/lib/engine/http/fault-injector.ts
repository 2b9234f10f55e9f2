import { type Faults, formatFaults, NO_FAULTS } from '../../rules/faults.ts';
import { ServiceError } from '../errors.ts';
import type { FaultyService } from '../service-name.ts';

/** Decides, call by call, which of AWS's imperfections the engine shows. */
export interface FaultInjector {
  /** False when nothing is ever injected: the server then asks for nothing. */
  readonly active: boolean;
  /** Milliseconds by which each call is slowed. */
  readonly latency: number;
  /** Asked for each call: the error that it ends with instead of being run. */
  refusal(service: FaultyService): ServiceError | undefined;
  /** Whether the caller lacks a permission such as `sns:Publish`; undefined where nothing is denied. */
  readonly denies: ((permission: string) => boolean) | undefined;
  /** Asked for each message put into a standard queue: whether it will be delivered twice. */
  duplicates(): boolean;
  /**
   * Asked for each receive from a standard queue with `waiting` messages ready: how many of the oldest to pass over
   * before the first that is taken; 0 keeps the order, and it is always less than `waiting`.
   */
  skips(waiting: number): number;
}

/** No faults: what an engine does unless told otherwise. */
export const noFaults: FaultInjector = {
  active: false,
  latency: 0,
  refusal: () => undefined,
  denies: undefined,
  duplicates: () => false,
  skips: () => 0,
};

/** Faults that can be exchanged while the engine runs. */
export class FaultSwitch implements FaultInjector {
  #injector = noFaults;
  #faults = NO_FAULTS;
  #seed = 0;

  /** @param seed makes the faults repeat. */
  set(faults: Faults, seed: number): void {
    this.#faults = faults;
    this.#seed = seed;
    this.#injector = formatFaults(faults) === '' ? noFaults : injectFaults(faults, seed);
  }

  get faults(): Faults {
    return this.#faults;
  }

  get seed(): number {
    return this.#seed;
  }

  get active(): boolean {
    return this.#injector.active;
  }

  get latency(): number {
    return this.#injector.latency;
  }

  get denies(): FaultInjector['denies'] {
    return this.#injector.denies;
  }

  refusal(service: FaultyService): ServiceError | undefined {
    return this.#injector.refusal(service);
  }

  duplicates(): boolean {
    return this.#injector.duplicates();
  }

  skips(waiting: number): number {
    return this.#injector.skips(waiting);
  }
}

/** How far a reordered receive looks ahead: AWS's standard queues are out of order by little, not at random. */
const REORDER_WINDOW = 10;

/**
 * Faults that repeat: the same seed and the same sequence of calls show the same ones. Each kind draws from a
 * generator of its own, so that turning one on doesn't move the others.
 */
export function injectFaults(faults: Faults, seed: number): FaultInjector {
  const callDraw = random(seed);
  const duplicateDraw = random(seed ^ 0x9e3779b9);
  const reorderDraw = random(seed ^ 0x7f4a7c15);
  return {
    active: true,
    latency: faults.latency,
    refusal(service) {
      if (faults.throttle === 0 && faults.error === 0) return undefined;
      const draw = callDraw();
      if (draw < faults.throttle) return throttled(service);
      if (draw < faults.throttle + faults.error) return failed(service);
      return undefined;
    },
    denies: faults.deny === undefined ? undefined : denier(faults.deny),
    duplicates: () => faults.duplicate > 0 && duplicateDraw() < faults.duplicate,
    skips: (waiting) =>
      faults.reorder ? Math.floor(reorderDraw() * Math.min(waiting, REORDER_WINDOW)) : 0,
  };
}

/** Permissions are matched as IAM does: `*` stands for any letters, and case doesn't matter. */
function denier(permissions: readonly string[]): (permission: string) => boolean {
  const patterns = permissions.map((each) => each.replaceAll('*', '.*')).join('|');
  const pattern = new RegExp(`^(?:${patterns})$`, 'i');
  return (permission) => pattern.test(permission);
}

/** Names and statuses as each service's API model gives them. */
function throttled(service: FaultyService): ServiceError {
  switch (service) {
    case 'sqs':
      return new ServiceError('RequestThrottled', 'Request is throttled.', { status: 403 });
    case 'sns':
      return new ServiceError('Throttled', 'Rate exceeded', { status: 429 });
    case 'elasticloadbalancing':
    case 'sts':
    case 'cloudformation':
    case 'cloudwatch':
      return new ServiceError('Throttling', 'Rate exceeded');
    case 'lambda':
    case 'apigateway':
      return new ServiceError('TooManyRequestsException', 'Rate exceeded', { status: 429 });
    case 'kms':
    case 'logs':
    case 'dynamodb':
    case 'ecs':
      return new ServiceError('ThrottlingException', 'Rate exceeded');
  }
}

const INTERNAL_ERRORS: Readonly<Record<FaultyService, string>> = {
  sqs: 'InternalError',
  sns: 'InternalError',
  sts: 'InternalFailure',
  kms: 'KMSInternalException',
  logs: 'ServiceUnavailableException',
  dynamodb: 'InternalServerError',
  lambda: 'ServiceException',
  cloudformation: 'InternalFailure',
  cloudwatch: 'InternalServiceFault',
  apigateway: 'InternalServerErrorException',
  ecs: 'ServerException',
  elasticloadbalancing: 'InternalFailure',
};

function failed(service: FaultyService): ServiceError {
  const message = 'We encountered an internal error. Please try again.';
  return new ServiceError(INTERNAL_ERRORS[service], message, { status: 500 });
}

/** Mulberry32: small, fast, and the same on every machine; numbers from 0 up to 1. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
