const WHOLE = new Intl.NumberFormat('en-GB');

/** A count, with commas between thousands. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** A count and its noun: "1 message", "2 messages". */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A rate in messages a second, as short as it stays telling. */
export function rate(value: number): string {
  if (value === 0) return '0/s';
  if (value < 0.1) return '<0.1/s';
  return value < 10 ? `${value.toFixed(1)}/s` : `${count(Math.round(value))}/s`;
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
];

/** An age such as "4 s", "3 min", "2 h 5 min". @param seconds 0 or more */
export function age(seconds: number): string {
  const unit = UNITS.findIndex(([, length]) => seconds >= length);
  const [name, length] = UNITS[unit] ?? ['s', 1];
  const whole = Math.floor(seconds / length);
  const [smaller, part] = UNITS[unit + 1] ?? ['s', 1];
  const rest = Math.floor((seconds % length) / part);
  const isCoarse = unit < 0 || name === 'min' || rest === 0;
  return isCoarse ? `${whole} ${name}` : `${whole} ${name} ${rest} ${smaller}`;
}

/** Time between two things that happened, as "+12 ms". @param milliseconds 0 or more */
export function delay(milliseconds: number): string {
  if (milliseconds < 1_000) return `+${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `+${(milliseconds / 1000).toFixed(1)} s`;
  return `+${age(Math.round(milliseconds / 1000))}`;
}

/** How long something took, such as "0.3 ms" or "2.4 s". @param milliseconds 0 or more */
export function lasted(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return age(Math.round(milliseconds / 1000));
}

/** A time of the day with milliseconds, in the machine's time zone. @param time milliseconds since the epoch */
export function clock(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = `${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  return `${two(date.getHours())}:${two(date.getMinutes())}:${seconds}`;
}

/** Day and time, for titles. @param time milliseconds since the epoch */
export function dateTime(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').replace('Z', ' UTC');
}

/** A size in bytes. */
export function size(bytes: number): string {
  if (bytes < 1024) return counted(bytes, 'byte');
  const kibibytes = bytes / 1024;
  if (kibibytes < 1024) return `${kibibytes.toFixed(kibibytes < 10 ? 1 : 0)} KiB`;
  return `${(kibibytes / 1024).toFixed(1)} MiB`;
}
