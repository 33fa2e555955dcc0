import aftersales from './aftersales.json';
import batches from './batches.json';
import board from './board.json';
import calendars from './calendars.json';
import demo from './demo.json';
import exports from './exports.json';
import identity from './identity.json';
import imports from './imports.json';
import kit from './kit.json';
import oplog from './oplog.json';
import orders from './orders.json';
import packs from './packs.json';
import replays from './replays.json';
import system from './system.json';
import tour from './tour.json';
import verification from './verification.json';
import webhooks from './webhooks.json';
import words from './words.json';

const texts = { aftersales, batches, board, calendars, demo, exports, identity, imports, kit, oplog, orders, packs, replays, system, tour, verification, webhooks, words };

/** Checked against the zh-CN keys by the compiler; `tools/check-i18n.mjs` checks the other direction and the parameters. */
export default texts satisfies import('../zh-CN').Texts;
