// Checks the site as it was built: what its pages link to, load and show, and that its search finds something.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import MiniSearch from 'minisearch';
import { parse } from 'parse5';
import { searchOptions } from './search.mjs';

const site = fileURLToPath(new URL('../site/', import.meta.url));
const repository = path.resolve(site, '../..');
const here = 'http://site.invalid';
const problems = [];

const files = fs.readdirSync(site, { recursive: true }).filter(file => fs.statSync(path.join(site, file)).isFile());
const read = file => fs.readFileSync(path.join(site, file), 'utf8');

function elementsOf(node, found = []) {
  if (node.tagName) {
    found.push({ tag: node.tagName, node, ...Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])) });
  }
  (node.childNodes ?? []).forEach(child => elementsOf(child, found));
  return found;
}

const pages = new Map(files.filter(file => file.endsWith('.html')).map(file => [file, elementsOf(parse(read(file)))]));
const ids = new Map([...pages].map(([file, elements]) => [file, elements.map(({ id }) => id).filter(Boolean)]));
const base = pages.get('index.html').find(({ tag, rel }) => tag === 'link' && rel === 'icon').href.replace('icon.svg', '');

/** The file that an address of this site leads to. */
function fileOf({ pathname }) {
  const inside = decodeURI(pathname).startsWith(base) ? decodeURI(pathname).slice(base.length) : '';
  return pathname === base || inside.endsWith('/') ? `${inside}index.html` : inside;
}

/** What a page loads by itself, and what it links to. */
function addresses({ tag, href, src, srcset }) {
  return [...(tag !== 'a' && href ? [href] : []), ...(src ? [src] : []), ...(srcset ?? '').split(',').map(one => one.trim().split(' ')[0]).filter(Boolean)];
}

function internal(file, address) {
  const url = new URL(address, here + base + encodeURI(file));
  const target = fileOf(url);
  if (!files.includes(target)) {
    problems.push(`${file}: ${address} leads to nothing`);
  } else if (url.hash && pages.has(target) && !ids.get(target).includes(decodeURIComponent(url.hash.slice(1)))) {
    problems.push(`${file}: ${address}: ${target} has no such heading`);
  }
  return target;
}

const linked = new Map();
for (const [file, elements] of pages) {
  const say = text => problems.push(`${file}: ${text}`);
  const body = elements.filter(({ class: name = '' }) => name.split(' ').includes('vp-doc')).flatMap(({ node }) => elementsOf(node));
  const to = new Set();
  for (const element of elements) {
    for (const address of addresses(element)) {
      if (new URL(address, here).origin !== here && !address.startsWith('data:')) {
        say(`loads ${address} from another host`);
      } else if (!address.startsWith('data:')) {
        internal(file, address);
      }
    }
    if (element.tag === 'a' && element.href) {
      const url = new URL(element.href, here + base + encodeURI(file));
      if (url.origin === here) {
        to.add(internal(file, element.href));
      } else if (url.protocol !== 'https:' || !/^([a-z0-9-]+\.)+[a-z]{2,}$/.test(url.host)) {
        say(`${element.href} is not an address of the web with https`);
      }
    }
    if (element.tag === 'img' && !element.alt?.trim()) {
      say(`${element.src} has no alt text`);
    }
  }
  linked.set(file, to);
  if (!elements.some(element => element['http-equiv'] === 'Content-Security-Policy')) {
    say('has no Content-Security-Policy');
  }
  const twice = ids.get(file).filter((id, at, all) => all.indexOf(id) !== at);
  if (twice.length) {
    say(`has these ids twice: ${twice.join(', ')}`);
  }
  const levels = body.filter(({ tag }) => /^h[1-6]$/.test(tag)).map(({ tag }) => Number(tag[1]));
  if (file !== '404.html' && (levels[0] !== 1 || levels.lastIndexOf(1) > 0 || levels.some((level, at) => level > (levels[at - 1] ?? 0) + 1))) {
    say(`its headings have the levels ${levels}`);
  }
}

// Two clicks from the first page
const first = linked.get('index.html');
const near = new Set(['index.html', '404.html', ...first, ...[...first].flatMap(file => [...(linked.get(file) ?? [])])]);
[...pages.keys()].filter(file => !near.has(file)).forEach(file => problems.push(`${file} is more than two clicks away from the first page`));

// Styles load nothing from elsewhere either, and no file says where it was built.
for (const file of files) {
  const text = read(file);
  if (file.endsWith('.css') && /url\(["']?(https?:)?\/\/|@import/.test(text)) {
    problems.push(`${file} loads something from another host`);
  }
  if (text.includes(repository)) {
    problems.push(`${file} names the folder that it was built in`);
  }
}

// The search, with the index that the site has
const index = files.find(file => path.basename(file).startsWith('@localSearchIndex'));
const { default: json } = await import(`data:text/javascript,${encodeURIComponent(index ? read(index) : 'export default "{}"')}`);
const search = index && MiniSearch.loadJSON(json, { fields: ['title', 'titles', 'text'], storeFields: ['title', 'titles'], searchOptions });
const wanted = {
  known_hosts: 'docs/host-keys.html',
  'before-command': 'docs/commands.html',
  'keep-monthly': 'docs/retention.html',
  'exit codes': 'index.html',
  CamelOffsiteSha256: 'docs/component.html',
  'restore without Offsite': 'docs/restore.html',
  '--acknowledge': 'man/offsite-prune.html',
};
for (const [words, page] of Object.entries(wanted)) {
  const found = [...new Set(search?.search(words).map(({ id }) => fileOf(new URL(id, here))))].slice(0, 5);
  if (!found.includes(page)) {
    problems.push(`the search for "${words}" finds ${found.join(', ') || 'nothing'}, not ${page}`);
  }
}

if (problems.length) {
  console.error(problems.map(problem => `site: ${problem}`).join('\n'));
  process.exit(1);
}
const links = [...linked.values()].reduce((sum, to) => sum + to.size, 0);
console.log(`site: ${pages.size} pages with ${links} links checked, in target/site`);
