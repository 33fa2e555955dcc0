/** Money and instants as text. Pure; language and zone come in. */

/** Zone in which dues and times are shown: the market's, not the reader's, so that both parties read the same hour. */
export const MARKET_ZONE = 'Asia/Shanghai';

/** All currencies of the product have two decimals. */
const MINOR = 100;
const UNIT_PRICE_PARTS = 10_000;

const numberFormats = new Map<string, Intl.NumberFormat>();

function currencyFormat(currency: string, lang: string, digits: number): Intl.NumberFormat {
  const key = `${currency}|${lang}|${digits}`;
  let format = numberFormats.get(key);
  if (!format) {
    const currencyDisplay = lang === 'zh-CN' && currency === 'CNY' ? 'narrowSymbol' : 'symbol';
    format = new Intl.NumberFormat(lang, { style: 'currency', currency, currencyDisplay, minimumFractionDigits: 2, maximumFractionDigits: digits });
    numberFormats.set(key, format);
  }
  return format;
}

export function money(minor: number, currency: string, lang: string): string {
  return currencyFormat(currency, lang, 2).format(minor / MINOR);
}

/** `parts` in 1/10,000 of the major unit. */
export function unitPrice(parts: number, currency: string, lang: string): string {
  return currencyFormat(currency, lang, 4).format(parts / UNIT_PRICE_PARTS);
}

/** Minor units of an amount typed in major ones; null unless it is a number ≥ 0 with at most two decimals. */
export function minorOf(text: string): number | null {
  const match = /^\s*(\d{1,12})(?:\.(\d{1,2}))?\s*$/.exec(text);
  if (!match) return null;
  return Number(match[1]) * MINOR + Number((match[2] ?? '').padEnd(2, '0'));
}

type Parts = { year: string; month: string; day: string; hour: string; minute: string; second: string };

/** The zone has kept one offset since 1991; counting with it is many times cheaper than asking `Intl`, and every row of a list asks. */
const ZONE_MS = 8 * 3_600_000;

function partsOf(ms: number): Parts {
  const text = new Date(ms + ZONE_MS).toISOString();
  const part = (from: number, to: number) => text.slice(from, to);
  return { year: part(0, 4), month: part(5, 7), day: part(8, 10), hour: part(11, 13), minute: part(14, 16), second: part(17, 19) };
}

/** `2026-02-14 13:05`; with `seconds`, `…:09`. */
export function instant(ms: number, options: { seconds?: boolean; year?: boolean } = {}): string {
  const p = partsOf(ms);
  const date = options.year === false ? `${p.month}-${p.day}` : `${p.year}-${p.month}-${p.day}`;
  return `${date} ${p.hour}:${p.minute}${options.seconds ? `:${p.second}` : ''}`;
}

/** A due: midnight is shown as 24:00 of the day that ends, for that day is the last one. */
export function due(ms: number): string {
  const p = partsOf(ms);
  if (p.hour !== '00' || p.minute !== '00' || p.second !== '00') return instant(ms);
  const before = partsOf(ms - 1);
  return `${before.year}-${before.month}-${before.day} 24:00`;
}

const ZONE_OFFSET = '+08:00';

/** Value of a `datetime-local` input that shows the market's time. */
export function toInput(ms: number): string {
  const p = partsOf(ms);
  return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}`;
}

/** RFC 3339 in UTC of such a value; null if it is none. */
export function fromInput(value: string): string | null {
  const ms = Date.parse(`${value.length === 16 ? `${value}:00` : value}${ZONE_OFFSET}`);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** `136 MB`: in units of 1,000, as disks are sold. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  const scaled = count / 1000 ** power;
  return `${scaled >= 10 || power === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${units[power]}`;
}

/** So many, or more than were counted. */
export type Counted = { count: number; has_more: boolean };

export const counted = ({ count, has_more }: Counted): string => (has_more ? `${count}+` : String(count));
