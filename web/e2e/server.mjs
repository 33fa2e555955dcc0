// The real binary in demo mode on a free port with a folder of its own; ended by its process id.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_MS = 60_000;
const DUMP_BYTES_MAX = 64 << 20;

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function binary() {
  const target = process.env.CARGO_TARGET_DIR ?? new URL('../../target', import.meta.url).pathname;
  const path = process.env.XIAOER_BIN ?? join(target, 'debug/xiaoer');
  if (!existsSync(path)) throw new Error(`e2e: no binary at ${path}; build it (cargo build -p xiaoer) or set XIAOER_BIN`);
  return path;
}

async function untilReady(url, child) {
  const end = performance.now() + READY_MS;
  while (performance.now() < end) {
    if (child.exitCode !== null) throw new Error(`e2e: the server ended with ${child.exitCode}`);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`e2e: not ready within ${READY_MS / 1000} s`);
}

/**
 * Starts the market; `end` ends it, `dump` gives what its database holds then, and `clear` removes its folder. While it is ended `add` adds
 * to it, and `again` starts it at the same place.
 */
export async function startServer({ days = null, folder = mkdtempSync(join(tmpdir(), 'xiaoer-e2e.')), port = null } = {}) {
  port ??= await freePort();
  const asked = days === null ? [] : ['--days', String(days)];
  const settings = `${folder}.toml`;
  // Receivers of webhooks stand on this machine.
  writeFileSync(settings, 'webhooks_reach = "anywhere"\n');
  const child = spawn(binary(), ['demo', '--config', settings, '--data', folder, '--listen', `127.0.0.1:${port}`, ...asked], { stdio: ['ignore', 'pipe', 'pipe'] });
  const log = [];
  const keep = (chunk) => log.push(String(chunk));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const url = `http://127.0.0.1:${port}`;
  const end = async () => {
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    }
  };
  const clear = () => [folder, settings].forEach((path) => rmSync(path, { recursive: true, force: true }));
  const add = (...what) => execFileSync(binary(), ['add', ...what, '--data', folder], { encoding: 'utf8' }).trim();
  const again = () => startServer({ days, folder, port });
  const dump = () => execFileSync(binary(), ['dump', '--data', folder], { encoding: 'utf8', maxBuffer: DUMP_BYTES_MAX });
  try {
    await untilReady(url, child);
  } catch (error) {
    console.error(log.join('').slice(-4_000));
    await end();
    clear();
    throw error;
  }
  return { url, end, dump, clear, add, again };
}
