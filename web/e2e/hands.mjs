// Two ways to do the same things on a page: with a pointer, and with the keyboard alone. A story is told once and lived with either.
import assert from 'node:assert/strict';

/** More stops than any page has. */
const TABS_MAX = 250;

const isSameOrigin = (url) => url.startsWith('/');

export const pointer = (page) => ({
  page,
  press: (target) => target.click(),
  write: (target, text) => target.fill(text),
  choose: (target) => target.check(),
  /** An option of a browser's own select. */
  pick: (target, value) => target.selectOption(value),
  /** An option of the console's select. */
  async pickShown(target, text) {
    await target.click();
    await page.locator('.ant-select-item-option', { hasText: text }).first().click();
  },
  async attach(target, files) {
    await target.setInputFiles(files);
  },
  /** A page is opened by its address; by keys there is another way. */
  async visit(path) {
    assert.ok(isSameOrigin(path));
    await page.goto(path);
  },
});

/** Where the focus is, seen from `el`: on it, before it, or after it. */
const whereFrom = (el) => {
  const active = document.activeElement;
  if (active === el) return 'here';
  if (!active || active === document.body) return 'before';
  return active.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_PRECEDING ? 'after' : 'before';
};

/** What is wrong with the way the focus shows, or nothing: it must be seen, and not lie under something. */
const focusFault = () => {
  const el = document.activeElement;
  if (!el || el === document.body || el === document.documentElement) return null;
  const name = `${el.tagName.toLowerCase()}#${el.id}.${el.className} "${(el.textContent ?? '').trim().slice(0, 30)}"`;
  const tiny = el.getBoundingClientRect().width <= 2;
  const shown = tiny ? el.closest('label') ?? el.parentElement : el;
  const marked = [shown, ...(shown.closest('.ant-select, .ant-input-affix-wrapper') ? [shown.closest('.ant-select, .ant-input-affix-wrapper')] : [])].some((box) => {
    const style = getComputedStyle(box);
    return (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none';
  });
  if (!marked) return `no mark of focus on ${name}`;
  const box = shown.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  if (!inside) return `the focus is outside the window on ${name}`;
  const middle = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2;
  const top = document.elementFromPoint(middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight));
  if (top && !shown.contains(top) && !top.contains(shown) && !top.closest('.ant-select')?.contains(shown)) return `the focus lies under ${top.tagName}.${top.className} on ${name}`;
  return null;
};

/** The keyboard alone; `faults` of the page gather stops that cannot be seen. */
export function keys(page) {
  const { keyboard } = page;
  // From now on choosers are caught; asked for only with the key, the browser may be faster and show its own.
  page.on('filechooser', () => undefined);
  const tab = async (key) => {
    await keyboard.press(key);
    const fault = await page.evaluate(focusFault);
    if (fault && !page.faults.includes(fault)) page.faults.push(fault);
  };
  const reach = async (target) => {
    await target.waitFor({ state: 'attached' });
    for (let stops = 0; stops < TABS_MAX; stops += 1) {
      const where = await target.evaluate(whereFrom);
      if (where === 'here') return;
      await tab(where === 'after' ? 'Shift+Tab' : 'Tab');
    }
    throw new Error(`the keyboard does not reach ${target}`);
  };
  const type = async (target, text) => {
    await reach(target);
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type(text);
  };
  return {
    page,
    reach,
    async press(target) {
      await reach(target);
      await keyboard.press('Enter');
    },
    write: type,
    /** One of a group of radios: Tab reaches the group, arrows choose in it. */
    async choose(target) {
      const name = await target.getAttribute('name');
      await reach(page.locator(`input[name="${name}"]:checked`));
      for (let steps = 0; steps < 10 && !(await target.isChecked()); steps += 1) await tab('ArrowDown');
      assert.ok(await target.isChecked());
    },
    async pick(target, value) {
      await reach(target);
      for (let steps = 0; steps < 40 && (await target.inputValue()) !== value; steps += 1) await keyboard.press('ArrowDown');
      assert.equal(await target.inputValue(), value);
    },
    async pickShown(target, text) {
      await reach(target);
      await keyboard.type(text);
      await page.locator('.ant-select-item-option-active', { hasText: text }).waitFor();
      await keyboard.press('Enter');
    },
    async attach(target, files) {
      await reach(target);
      const opened = page.waitForEvent('filechooser');
      await keyboard.press('Enter');
      await (await opened).setFiles(files);
    },
    /** Log-in, then the links of the pages: an address is typed only once. */
    async visit() {
      throw new Error('by keys a page is reached by its links');
    },
  };
}

/** A dialog keeps the focus, closes on Escape and gives the focus back to what opened it. */
export async function dialogHoldsFocus(page, hand, opener) {
  await hand.press(opener);
  await page.waitForSelector('dialog[open]');
  const isInside = () => document.activeElement === document.body || Boolean(document.activeElement?.closest('dialog[open]'));
  assert.ok(await page.evaluate(() => Boolean(document.activeElement?.closest('dialog[open]'))), 'the focus goes into the dialog');
  for (const key of [...Array(8).fill('Tab'), ...Array(8).fill('Shift+Tab')]) {
    await page.keyboard.press(key);
    assert.ok(await page.evaluate(isInside), 'the focus stays in the dialog');
  }
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog[open]', { state: 'detached' });
  assert.equal(await opener.evaluate(whereFrom), 'here', 'the focus is back where the dialog was opened');
}
