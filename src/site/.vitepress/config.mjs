import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { asOnAGitHost, slugify } from '../markdown.mjs';
import { groups, listed, route } from '../navigation.mjs';
import { searchOptions } from '../search.mjs';

const staged = fileURLToPath(new URL('../pages/', import.meta.url));
const pages = JSON.parse(fs.readFileSync(path.join(staged, 'pages.json')));

const title = page => pages[page].title.replaceAll('`', '');

const list = folder => [
  { text: 'All pages', link: '/' },
  {
    text: title(`${folder}/index.md`),
    link: route(`${folder}/index.md`),
    items: Object.keys(pages)
      .filter(page => path.posix.dirname(page) === folder && !page.endsWith('/index.md'))
      .map(page => ({ text: title(page), link: route(page) })),
  },
];

// Browsers load nothing from another host.
const policy = "default-src 'self'; img-src 'self' data:; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'";

export default {
  srcDir: staged,
  title: 'Offsite',
  description: 'Copies finished backup files to another machine over SFTP, verifies every copy, and removes old ones by your rules.',
  lang: 'en',
  head: [['meta', { 'http-equiv': 'Content-Security-Policy', content: policy }]],
  transformHead: ({ siteConfig }) => [['link', { rel: 'icon', type: 'image/svg+xml', href: `${siteConfig.site.base}icon.svg` }]],
  markdown: {
    anchor: { slugify },
    attrs: { disable: true },
    config: md => asOnAGitHost(md, staged),
  },
  themeConfig: {
    nav: [
      { text: 'Commands', link: '/man/' },
      { text: 'Configuration', link: '/docs/configuration' },
      { text: 'Restore', link: '/docs/restore' },
      { text: 'Changelog', link: '/CHANGELOG' },
    ],
    sidebar: {
      ...Object.fromEntries(listed.map(folder => [`/${folder}/`, list(folder)])),
      '/': Object.entries(groups).map(([text, entries]) => ({
        text,
        items: Object.entries(entries).map(([page, label]) => ({ text: label, link: route(page) })),
      })),
    },
    outline: [2, 3],
    search: {
      provider: 'local',
      options: { miniSearch: { searchOptions } },
    },
  },
};
