// Looks at the site in a browser: scripts and styles work, nothing comes from another host, pages fit on a phone, and the search leads to a page.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!fs.existsSync(executablePath)) {
  console.error(`site: ${executablePath} is not there: the site was not looked at in a browser`);
  process.exit(process.env.CI ? 1 : 0);
}

const site = fileURLToPath(new URL('../site/', import.meta.url));
const base = fs.readFileSync(path.join(site, 'index.html'), 'utf8').match(/href="([^"]*)icon\.svg"/)[1];
const types = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', png: 'image/png', json: 'application/json' };
const server = http.createServer(({ url }, response) => {
  const name = decodeURI(new URL(url, 'http://localhost').pathname);
  const file = path.join(site, name.slice(base.length), name.endsWith('/') ? 'index.html' : '');
  const found = name.startsWith(base) && fs.existsSync(file);
  response.writeHead(found ? 200 : 404, { 'content-type': types[path.extname(file).slice(1)] ?? 'text/plain' });
  response.end(found ? fs.readFileSync(file) : '');
});
await new Promise(listening => server.listen(0, '127.0.0.1', listening));
const origin = `http://127.0.0.1:${server.address().port}`;

const problems = [];
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const phone = await browser.newPage({ viewport: { width: 390, height: 844 } });
  phone.setDefaultTimeout(30_000);
  const say = text => problems.push(`${new URL(phone.url()).pathname}: ${text}`);
  phone.on('pageerror', error => say(error.message));
  phone.on('console', message => message.type() === 'error' && say(message.text()));
  phone.on('response', response => response.status() >= 400 && say(`${response.url()} answers ${response.status()}`));
  phone.on('request', request => !request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:') && say(`asks for ${request.url()}`));

  for (const page of ['', 'docs/page.html', 'docs/configuration.html', 'docs/servers.html', 'docs/decisions/', 'man/offsite-ship.html', 'routes/ship.camel.yaml.html']) {
    await phone.goto(origin + base + page, { waitUntil: 'networkidle' });
    const [wide, window] = await phone.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    if (wide > window) {
      say(`is ${wide} pixels wide on a phone with ${window}`);
    }
  }

  await phone.click('.VPNavBarSearch button');
  await phone.fill('.search-input', 'known_hosts');
  await phone.click('.VPLocalSearchBox a.result[href*="/docs/host-keys.html"]');
  await phone.waitForURL('**/docs/host-keys.html*');
  await phone.getByRole('heading', { name: 'Host keys and certificates', level: 1 }).waitFor();
} catch (error) {
  problems.push(error.message);
} finally {
  await browser.close();
  server.close();
}
if (problems.length) {
  console.error(problems.map(problem => `site: in a browser: ${problem}`).join('\n'));
  process.exit(1);
}
console.log('site: looked at in a browser');
