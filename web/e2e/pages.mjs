// Every page and state in both languages, light and dark, wide and on a phone: axe, script errors, blocked content, on demand a screenshot.
import { join } from 'node:path';
import { axe, COLOURS, open, PHONE, WIDE } from './browser.mjs';
import { statesOf } from './states.mjs';

/**
 * A page is loaded in the first of these; its own buttons lead to the others, so that one load serves four looks. Every rule is tried in each
 * language; in the other theme of the same language only those that see colours.
 */
const LOOKS = [['zh-CN', 'light'], ['zh-CN', 'dark', COLOURS], ['en', 'dark'], ['en', 'light', COLOURS]];
const QUIET_MS = 60;

/** Until what is wanted is there and nothing is asked of the server any more; the live channel and the ticker never rest. */
async function settle(page, waits) {
  await page.waitForSelector(waits ?? 'main');
  if (waits?.includes('skeleton')) return;
  await page.waitForFunction(() => !document.querySelector('main .skeleton'));
  for (let asked = page.asked - 1; asked !== page.asked || page.waiting > 0; ) {
    asked = page.asked;
    await page.waitForTimeout(QUIET_MS);
  }
}

/** Presses the page's own button for language or theme, also where a dialog lies over it; then waits until the page has come to rest. */
async function turnTo(page, [lang, theme]) {
  await page.evaluate(async ([l, t]) => {
    const buttons = () => document.querySelectorAll('.log-in-tools button, .top button[lang], .top button[lang] + button');
    const root = document.documentElement;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    if (root.lang !== l) buttons()[0].click();
    if (root.dataset.theme !== t) buttons()[1].click();
    while (root.lang !== l || root.dataset.theme !== t) await frame();
    await document.fonts.ready;
    await frame();
    await frame();
  }, [lang, theme]);
}

/** One page in its four looks; gives what is wrong with it. */
async function look(page, { name, path, set, act, waits }, folder, size) {
  const found = [];
  page.faults.length = 0;
  page.waiting = 0;
  let label = `${name}-${size.width}`;
  try {
    await set?.(page);
    await page.goto(path);
    if (act) {
      await settle(page);
      await act(page);
    }
    await settle(page, waits);
    for (const [lang, theme, rules] of LOOKS) {
      label = `${name}-${lang}-${theme}-${size.width}`;
      await turnTo(page, [lang, theme]);
      if (page.waiting > 0) await settle(page, waits);
      found.push(...(await axe(page, rules)).map((line) => `${label}: axe ${line}`));
      if (folder) await page.screenshot({ path: join(folder, `${label}.png`), fullPage: size === PHONE });
    }
  } catch (error) {
    found.push(`${label}: ${error.message.split('\n')[0]}`);
    found.push(`${label}: ${await page.locator('body').innerText().catch(() => '')}`.slice(0, 400));
  }
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  return [...found, ...page.faults.map((line) => `${label}: ${line}`)];
}

/** All pages in one size. */
async function oneSize(browser, url, folder, states, size) {
  const found = [];
  const people = new Map();
  for (const one of states) {
    // What routes a web socket stays for the life of its page.
    const key = one.name === 'live-cut' ? one.name : one.login;
    if (!people.has(key)) people.set(key, await open(browser, url, { login: one.login, lang: LOOKS[0][0], theme: LOOKS[0][1], size }));
    found.push(...(await look(people.get(key), one, folder, size)));
  }
  for (const page of people.values()) await page.context().close();
  return found;
}

/** Looks at everything, or at what has `part` in its name; `folder`, if any, gets a picture of each. */
export async function everyPage(browser, url, folder, part) {
  const states = (await statesOf(browser, url)).filter(({ name }) => name.includes(part));
  console.log(`e2e: ${states.length} pages and states in ${LOOKS.length * 2} looks`);
  const found = await Promise.all([WIDE, PHONE].map((size) => oneSize(browser, url, folder, states, size)));
  return found.flat();
}
