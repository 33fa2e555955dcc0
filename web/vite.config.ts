import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = process.env.XIAOER_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react({ exclude: [/\/portal\//] })],
  resolve: { alias: { '@': at('./src') } },
  build: {
    target: 'es2022',
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { input: { console: at('./index.html'), portal: at('./m.html') } },
    chunkSizeWarningLimit: 900,
  },
  server: {
    proxy: { '/v1': { target: server, ws: true, changeOrigin: true } },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}', 'portal/**/*.test.{ts,tsx}'], restoreMocks: true },
});
