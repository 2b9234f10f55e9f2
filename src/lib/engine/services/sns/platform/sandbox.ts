import { randomInt } from 'node:crypto';
import type { EngineParts } from '../../../parts.ts';
import { TABLES } from '../tables.ts';

/** A phone number that an account in the SMS sandbox may send to once it is verified. */
export interface SandboxNumber {
  readonly account: string;
  readonly region: string;
  readonly number: string;
  /** Order of creation: pages of lists go by it. */
  readonly serial: number;
  /** The one-time password that verifies it. */
  readonly code: string;
  readonly verified: boolean;
}

/** The numbers of the SMS sandbox, of all accounts. */
export class SmsSandbox {
  readonly #numbers = new Map<string, SandboxNumber>();
  readonly #parts: EngineParts;
  #serial = 0;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    const stored = Array.from(
      parts.journal.entries(TABLES.sandbox),
      ({ value }) => value as SandboxNumber,
    ).sort((a, b) => a.serial - b.serial);
    for (const each of stored) this.#numbers.set(keyOf(each), each);
    this.#serial = stored.at(-1)?.serial ?? 0;
  }

  of(account: string, region: string): SandboxNumber[] {
    return [...this.#numbers.values()].filter(
      (each) => each.account === account && each.region === region,
    );
  }

  find(account: string, region: string, number: string): SandboxNumber | undefined {
    return this.#numbers.get(keyOf({ account, region, number }));
  }

  /** Adds a number, or gives one that waits for its verification a new code. */
  add(account: string, region: string, number: string): SandboxNumber {
    const known = this.find(account, region, number);
    if (known?.verified) return known;
    this.#serial += known === undefined ? 1 : 0;
    const serial = known?.serial ?? this.#serial;
    const code = String(randomInt(1e6)).padStart(6, '0');
    return this.#keep({ account, region, number, serial, code, verified: false });
  }

  verify(known: SandboxNumber): void {
    this.#keep({ ...known, verified: true });
  }

  remove(known: SandboxNumber): void {
    this.#numbers.delete(keyOf(known));
    this.#parts.journal.remove(TABLES.sandbox, keyOf(known));
  }

  #keep(number: SandboxNumber): SandboxNumber {
    this.#numbers.set(keyOf(number), number);
    this.#parts.journal.put(TABLES.sandbox, keyOf(number), { ...number });
    return number;
  }
}

function keyOf({ account, region, number }: Pick<SandboxNumber, 'account' | 'region' | 'number'>) {
  return `${account} ${region} ${number}`;
}
