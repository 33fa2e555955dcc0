// What a story left in the database, as text that is the same in every run: ids become names, times count from each case's opening.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = new URL('./golden', import.meta.url).pathname;
const HOUR_MS = 3_600_000;

/** Rows of `xiaoer dump` by table; every value stays text, because ids are larger than a number holds. */
export function readDump(text) {
  const tables = new Map();
  for (const line of text.split('\n').filter(Boolean)) {
    const [table, ...cells] = line.split('\t');
    const row = Object.fromEntries(cells.map((cell) => [cell.slice(0, cell.indexOf('=')), plain(cell.slice(cell.indexOf('=') + 1))]));
    if (!tables.has(table)) tables.set(table, []);
    tables.get(table).push(row);
  }
  return (table) => tables.get(table) ?? [];
}

const plain = (value) => value.replace(/\\u\{([0-9a-f]+)\}/g, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)));
const none = (value) => (value === 'NULL' ? '' : value);
const byId = (a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1);

/** `+2d 00h`, whole hours only: people take seconds, and how many is not part of the story. */
function since(at, opened) {
  if (Number(at) < Number(opened)) return 'before';
  const hours = Math.floor((Number(at) - Number(opened)) / HOUR_MS);
  return `+${Math.floor(hours / 24)}d ${String(hours % 24).padStart(2, '0')}h`;
}

/** A clock fires to the millisecond: which known moment it counted from, and how long. */
function exactly(at, moments) {
  const found = moments.filter(([, from]) => Number(from) < Number(at) && (Number(at) - Number(from)) % HOUR_MS === 0);
  return found.length === 0 ? '' : `= ${found.at(-1)[0]} + ${(Number(at) - Number(found.at(-1)[1])) / HOUR_MS}h`;
}

const table = (rows) => {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i])).join('  ')}`.trimEnd());
};
const part = (title, rows) => ['', title, ...(rows.length === 0 ? ['  none'] : table(rows))];

function history(rows, opened, scans, users) {
  const steps = [...rows].sort((a, b) => Number(a.seq) - Number(b.seq));
  return steps.map((step, i) => {
    const moments = [['opening', opened], ...steps.slice(0, i).map((s) => [s.event, s.at]), ...scans];
    return [
      since(step.at, opened), step.event, step.taken_as === step.event ? '' : `as ${step.taken_as}`, `${step.party} (${users.get(step.actor) ?? step.actor.split(':')[0]})`,
      `${step.from_state || '-'} -> ${step.to_state}`, none(step.rule) || '-', step.actor === 'clock' ? exactly(step.at, moments) : '', none(step.note) ? `"${step.note}"` : '',
    ];
  });
}

/** Everything that an order and its after-sales cases left behind. */
export function render(rows, number) {
  const order = rows('orders').find((o) => o.number === number);
  if (!order) return `order ${number} is not in the database\n`;
  const own = rows('aftersales').filter((a) => a.order_id === order.case_id).sort((a, b) => (BigInt(a.case_id) < BigInt(b.case_id) ? -1 : 1));
  const money = [...rows('payments').filter((p) => p.payable_id === order.case_id), ...rows('refunds').filter((r) => r.payable_id === order.case_id)];
  const names = new Map([[order.case_id, 'order'], ...own.map((a, i) => [a.case_id, own.length > 1 ? `${a.kind} ${i + 1}` : a.kind]), ...money.map((m) => [m.case_id, m.attempts ? 'refund' : 'payment'])]);
  const opened = new Map(rows('cases').filter((c) => names.has(c.id)).map((c) => [c.id, c.opened_at]));
  const first = own[0]?.case_id ?? order.case_id;
  const parcels = rows('shipments').filter((s) => names.has(s.case_id)).sort(byId);
  const scans = rows('scans').filter((s) => parcels.some((p) => p.id === s.shipment_id)).sort(byId);
  const directionOf = (scan) => parcels.find((p) => p.id === scan.shipment_id).direction;
  const moments = scans.map((s) => [`${directionOf(s)} ${s.kind}`, s.at]);
  const at = (row) => since(row.at, opened.get(first));
  const users = logins(rows);
  const out = own.map((a) => `${a.kind}: ${a.quantity} unit(s), ${a.amount_minor} ${a.currency}, ${a.reason}; goods at ${a.goods_at}; evidence ${filed(rows, a)}`);
  for (const [id, name] of names) {
    const steps = rows('history').filter((h) => h.case_id === id);
    out.push(...part(`history of the ${name}, now ${rows('cases').find((c) => c.id === id).state}`, history(steps, opened.get(id), moments, users)));
  }
  const transfers = rows('transfers').filter((t) => names.has(t.case_id)).sort(byId);
  out.push(...part('ledger legs', transfers.flatMap((t) => rows('legs').filter((l) => l.transfer_id === t.id).sort(byId).map((l) => [at(t), t.kind, names.get(t.case_id), l.account, l.amount_minor, l.currency]))));
  const stock = rows('stock_ledger').filter((s) => names.has(s.case_id)).sort(byId);
  out.push(...part('stock legs', stock.map((s) => [at(s), s.kind, names.get(s.case_id), `on hand ${s.on_hand_delta}`, `reserved ${s.reserved_delta}`])));
  const claims = rows('stock_claims').filter((c) => names.has(c.case_id)).sort((a, b) => names.get(a.case_id).localeCompare(names.get(b.case_id)));
  out.push(...part('stock claims', claims.map((c) => [names.get(c.case_id), ...['wanted', 'reserved', 'to_ship', 'shipped', 'to_return', 'returned'].map((k) => `${k} ${c[k]}`)])));
  out.push(...part('parcels', parcels.map((p) => [names.get(p.case_id), p.direction, p.carrier, p.outcome])));
  out.push(...part('scans', scans.map((s) => [at(s), directionOf(s), s.kind])));
  return `${out.join('\n')}\n`;
}

function filed(rows, { case_id: id }) {
  const count = (party) => rows('evidence').filter((e) => e.case_id === id && e.party === party).length;
  return `buyer ${count('buyer')}, merchant ${count('merchant')}, contacts ${rows('contacts').filter((c) => c.case_id === id).length}`;
}

/** Log-ins by the name that the history gives a person: `usr_` and the id in 13 digits of base 32. */
function logins(rows) {
  const digits = '0123456789abcdefghjkmnpqrstvwxyz';
  const spelt = (id) => Array.from({ length: 13 }, (_, i) => digits[Number((BigInt(id) >> BigInt(5 * (12 - i))) & 31n)]).join('');
  return new Map(rows('users').map((u) => [`usr_${spelt(u.id)}`, u.login]));
}

/** What differs from the committed text, as a line for each; `XR_UPDATE_GOLDEN=1` writes it anew. */
export function compare(name, text) {
  const file = join(FOLDER, `${name}.txt`);
  if (process.env.XR_UPDATE_GOLDEN) {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, text);
    return [];
  }
  const wanted = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (wanted === text) return [];
  const [a, b] = [wanted.split('\n'), text.split('\n')];
  const lines = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] === b[i] ? [] : [`- ${a[i] ?? ''}`, `+ ${b[i] ?? ''}`])).flat();
  return [`${name} differs from ${file} (XR_UPDATE_GOLDEN=1 writes it):\n${lines.slice(0, 24).join('\n')}`];
}
