// Draws the papers of the demo market's applicants: `node tools/demo-papers.mjs`. What is on them stands in
// crates/xiaoer/demo/applicants.toml, how they look in crates/xiaoer/demo/papers/*.html. Needs a Chinese font; CHROMIUM names the browser.
import { readFileSync, writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { launch } from '../e2e/browser.mjs';

const DEMO = new URL('../../crates/xiaoer/demo/', import.meta.url);
/** Shades between paper and ink; more of them cost more bytes than they are worth. */
const SHADES = 2;

/** The tables of applicants.toml, which has nothing but texts and lists of texts: `[{ key, papers, form, later }]`. */
function readApplicants(text) {
  const applicants = [];
  let table = {};
  for (const line of text.split('\n')) {
    const [, head] = /^\[applicant\.(\w+)\]$/.exec(line) ?? [];
    const [, key, value] = /^(\w+) = (.+)$/.exec(line) ?? [];
    if (line === '[[applicant]]') applicants.push((table = {}));
    else if (head) applicants.at(-1)[head] = table = {};
    else if (key && /^["[]/.test(value)) table[key] = JSON.parse(value);
  }
  return applicants;
}

/** The pictures' names, with what is on each: the second of an applicant tells what changed. */
function papersOf({ papers = [], licence_code: code, form, later }) {
  return papers.map((name, n) => ({ name, says: { ...(n === 0 ? form : later), ...(code ? { code } : {}) } }));
}

function pageOf({ subject, ...says }) {
  const template = readFileSync(new URL(`papers/${subject === 'person' ? 'identity_card' : 'business_licence'}.html`, DEMO), 'utf8');
  const born = subject === 'person' ? says.code.replace(/^.{6}(\d{4})(\d\d)(\d\d).*$/, '$1-$2-$3') : '';
  return template.replace(/\{(\w+)\}/g, (_, field) => (field === 'birthday' ? born : says[field]));
}

/** In the page: the picture in few colours, four bits a pixel, each row with its filter byte. */
async function inFewColours([base64, shades]) {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
  const { width, height } = picture;
  const canvas = new OffscreenCanvas(width, height).getContext('2d');
  canvas.drawImage(picture, 0, 0);
  const { data } = canvas.getImageData(0, 0, width, height);
  const pixel = (i) => [data[i * 4], data[i * 4 + 1], data[i * 4 + 2]];
  const counts = new Map();
  for (let i = 0; i < width * height; i += 1) counts.set(pixel(i).join(), (counts.get(pixel(i).join()) ?? 0) + 1);
  // The colours that cover most are paper, ink and lines; between paper and each of the others lie the edges of letters.
  const far = (a, b) => a.reduce((sum, part, i) => sum + (part - b[i]) ** 2, 0);
  const [paper, ...others] = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour.split(',').map(Number));
  const inks = others.reduce((kept, colour) => (kept.length < 3 && [paper, ...kept].every((one) => far(one, colour) > 6_000) ? [...kept, colour] : kept), []);
  const between = inks.flatMap((ink) => Array.from({ length: shades }, (_, n) => ink.map((part, i) => Math.round(paper[i] + ((part - paper[i]) * (n + 1)) / shades))));
  const palette = [paper, ...between];
  const nearest = new Map([...counts.keys()].map((colour) => {
    const parts = colour.split(',').map(Number);
    return [colour, palette.reduce((best, one, n) => (far(one, parts) < far(palette[best], parts) ? n : best), 0)];
  }));
  const rows = [];
  for (let y = 0; y < height; y += 1) {
    rows.push(0);
    for (let x = 0; x < width; x += 2) {
      const [left, right] = [y * width + x, y * width + Math.min(x + 1, width - 1)].map((i) => nearest.get(pixel(i).join()));
      rows.push(left * 16 + right);
    }
  }
  return { width, height, palette, rows };
}

function png({ width, height, palette, rows }) {
  const chunk = (type, data) => {
    const [body, size, sum] = [Buffer.concat([Buffer.from(type), data]), Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([4, 3, 0, 0, 0], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const pixels = deflateSync(Buffer.from(rows), { level: 9, memLevel: 9 });
  return Buffer.concat([signature, chunk('IHDR', head), chunk('PLTE', Buffer.from(palette.flat())), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

const browser = await launch();
try {
  for (const { name, says } of readApplicants(readFileSync(new URL('applicants.toml', DEMO), 'utf8')).flatMap(papersOf)) {
    const page = await browser.newPage({ viewport: { width: 620, height: says.subject === 'person' ? 400 : 440 } });
    await page.setContent(pageOf(says));
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    const bytes = png(await page.evaluate(inFewColours, [(await page.screenshot()).toString('base64'), SHADES]));
    writeFileSync(new URL(`papers/${name}.png`, DEMO), bytes);
    console.log(`${name}.png ${bytes.length} bytes`);
    await page.close();
  }
} finally {
  await browser.close();
}
