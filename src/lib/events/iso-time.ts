const DATE = /^(\d{4})-?(\d\d)-?(\d\d)$/;
const TIME = /^(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * Whether a text is a date or a time in ISO 8601, in the extended format (`2025-01-01T12:00:00+01:00`) or the basic one
 * (`20250101T120000Z`), on a day that the calendar has.
 */
export function isIsoTime(text: string): boolean {
  const [date = '', time, ...rest] = text.split(/[Tt ]/);
  const [, year = '', month = '', day = ''] = DATE.exec(date) ?? [];
  if (year === '' || rest.length > 0 || !isDay(Number(year), Number(month), Number(day))) {
    return false;
  }
  if (time === undefined) return true;
  const parts = TIME.exec(time);
  if (parts === null) return false;
  const [, hours = '0', minutes = '0', seconds = '0'] = parts;
  // 24:00 is the end of a day, and a minute may have a leap second.
  const isEndOfDay = Number(hours) === 24 && Number(minutes) === 0 && Number(seconds) === 0;
  return (Number(hours) < 24 || isEndOfDay) && Number(minutes) < 60 && Number(seconds) <= 60;
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
