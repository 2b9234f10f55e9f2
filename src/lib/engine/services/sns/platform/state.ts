import type { EngineParts } from '../../../parts.ts';
import { TABLES } from '../tables.ts';
import { SmsSandbox } from './sandbox.ts';

/** A platform application or one of its endpoints: an ARN with attributes. */
export interface PlatformResource {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  /** Order of creation: pages of lists go by it. */
  readonly serial: number;
  readonly attributes: Map<string, string>;
}

/** The endpoint of an application: a device. */
export interface PlatformEndpoint extends PlatformResource {
  readonly applicationArn: string;
}

interface Stored extends Omit<PlatformEndpoint, 'attributes' | 'applicationArn'> {
  readonly applicationArn?: string;
  readonly attributes: readonly (readonly [string, string])[];
}

/** Mobile push and SMS: applications, their endpoints, and settings of accounts. */
export class PlatformState {
  readonly applications = new Map<string, PlatformResource>();
  readonly endpoints = new Map<string, PlatformEndpoint>();
  /** What `SetSMSAttributes` set, by account and region. */
  readonly sms = new Map<string, Map<string, string>>();
  readonly sandbox: SmsSandbox;
  readonly #parts: EngineParts;
  #serial = 0;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.sandbox = new SmsSandbox(parts);
    for (const each of this.#stored(TABLES.applications)) {
      this.applications.set(each.arn, { ...each, attributes: new Map(each.attributes) });
    }
    for (const each of this.#stored(TABLES.endpoints)) {
      const { applicationArn = '' } = each;
      const attributes = new Map(each.attributes);
      this.endpoints.set(each.arn, { ...each, applicationArn, attributes });
    }
    for (const { key, value } of parts.journal.entries(TABLES.sms)) {
      this.sms.set(String(key), new Map(value as [string, string][]));
    }
  }

  nextSerial(): number {
    this.#serial += 1;
    return this.#serial;
  }

  keepApplication(application: PlatformResource): void {
    this.applications.set(application.arn, application);
    this.#put(TABLES.applications, application);
  }

  keepEndpoint(endpoint: PlatformEndpoint): void {
    this.endpoints.set(endpoint.arn, endpoint);
    this.#put(TABLES.endpoints, endpoint);
  }

  /** Forgets an application with its endpoints. */
  dropApplication(arn: string): void {
    this.applications.delete(arn);
    this.#parts.journal.remove(TABLES.applications, arn);
    for (const endpoint of this.endpoints.values()) {
      if (endpoint.applicationArn === arn) this.dropEndpoint(endpoint.arn);
    }
  }

  dropEndpoint(arn: string): void {
    this.endpoints.delete(arn);
    this.#parts.journal.remove(TABLES.endpoints, arn);
  }

  /** The SMS settings of an account in a region, to be read or changed by `setSms`. */
  smsAttributes(account: string, region: string): ReadonlyMap<string, string> {
    return this.sms.get(`${account} ${region}`) ?? new Map();
  }

  setSms(account: string, region: string, attributes: ReadonlyMap<string, string>): void {
    const key = `${account} ${region}`;
    this.sms.set(key, new Map([...this.smsAttributes(account, region), ...attributes]));
    this.#parts.journal.put(TABLES.sms, key, [...this.smsAttributes(account, region)]);
  }

  #put(table: string, resource: PlatformResource): void {
    const value = { ...resource, attributes: [...resource.attributes] };
    this.#parts.journal.put(table, resource.arn, value);
  }

  #stored(table: string): Stored[] {
    const stored = Array.from(
      this.#parts.journal.entries(table),
      ({ value }) => value as Stored,
    ).sort((a, b) => a.serial - b.serial);
    this.#serial = Math.max(this.#serial, stored.at(-1)?.serial ?? 0);
    return stored;
  }
}
