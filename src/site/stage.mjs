// Puts every page of the site into the folder pages, from where VitePress takes them: the Markdown of the repository as it is, and
// pages made of the man pages, the routes and other text.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { manual } from './manual.mjs';
import { labels, listed } from './navigation.mjs';

const top = fileURLToPath(new URL('../../', import.meta.url));
const out = fileURLToPath(new URL('pages/', import.meta.url));
const pages = {};
const problems = [];

const read = file => fs.readFileSync(path.join(top, file), 'utf8');
// offsite.adoc before offsite-adopt.adoc
const byName = (one, other) => (path.parse(one).name < path.parse(other).name ? -1 : 1);
const names = (folder, pattern) =>
  fs.readdirSync(path.join(top, folder)).filter(name => pattern.test(name)).sort(byName).map(name => path.posix.join(folder, name));

function page(name, source, content) {
  const outside = content.replace(/^(```+)[\s\S]*?^\1$/gm, '');
  const title = outside.match(/^# (.*)$/m)?.[1];
  if (!title) {
    problems.push(`${source} has no line that begins with "# "`);
  }
  write(name, content);
  pages[name] = { source, title };
}

/** What lies in the folder of an example, besides its page and what its build makes. */
function filesOf(folder) {
  return fs.readdirSync(path.join(top, folder)).flatMap(name => {
    const file = path.posix.join(folder, name);
    if (name === 'README.md' || name === 'target') {
      return [];
    }
    return fs.statSync(path.join(top, file)).isDirectory() ? filesOf(file) : [file];
  });
}

const language = file => ['properties', 'java', 'xml', 'yaml'].find(one => file.endsWith(`.${one}`)) ?? (read(file).startsWith('#!/bin/sh') ? 'sh' : 'text');

function write(name, content) {
  fs.mkdirSync(path.dirname(path.join(out, name)), { recursive: true });
  fs.writeFileSync(path.join(out, name), content);
}

function textPage(source, language) {
  page(`${source}.md`, source, `# ${path.posix.basename(source)}\n\n\`\`\`\`${language}\n${read(source)}\`\`\`\`\n`);
}

function index(folder, title, intro, line) {
  const inside = Object.keys(pages).filter(name => path.posix.dirname(name) === folder);
  page(`${folder}/index.md`, folder, `# ${title}\n\n${intro}\n\n${inside.map(name => line(path.posix.basename(name), pages[name])).join('\n')}\n`);
}

for (const source of ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'bench/README.md', 'findings/README.md', 'examples/README.md',
    ...names('docs', /\.md$/), ...names('docs/decisions', /\.md$/)]) {
  page(source.replace(/(^|\/)README\.md$/, '$1index.md'), source, read(source));
}
for (const folder of names('examples', /^[^.]+$/)) {
  page(`${folder}/index.md`, `${folder}/README.md`, read(`${folder}/README.md`));
  filesOf(folder).forEach(file => textPage(file, language(file)));
}
textPage('application.properties', 'properties');
names('routes', /\.yaml$/).forEach(file => textPage(file, 'yaml'));
for (const source of names('src/main/man', /^offsite(-\w+)?\.adoc$/)) {
  page(`man/${path.basename(source, '.adoc')}.md`, source, manual(read(source)));
}

index('docs/decisions', 'Decisions', 'Why Offsite is built this way, in the order in which it was decided.', (name, { title }) => `- [${title}](${name})`);
index('routes', 'The routes', 'What Camel does, in YAML. Begin with [ship.camel.yaml](ship.camel.yaml.md), the way of a backup. All of them are in the folder `routes/` of the archive.',
  (name, { source }) => `- [${path.posix.basename(source)}](${name}): ${read(source).split('\n')[0].replace('# ', '')}`);
index('man', 'Commands and options', 'Each command with its options, as in its man page.',
  (name, { source }) => `- [\`${path.basename(source, '.adoc').replace('-', ' ')}\`](${name}): ${read(source).match(/^offsite\S* - (.*)$/m)[1]}`);

// What pages show or link to, and is no page itself.
for (const [file, to] of [['docs/offsite.schema.json', 'public'], ...names('docs/images', /./).map(image => [image, ''])]) {
  write(path.posix.join(to, file), fs.readFileSync(path.join(top, file)));
}
write('public/icon.svg', fs.readFileSync(path.join(top, 'src/site/icon.svg')));
write('pages.json', JSON.stringify(pages));

const inside = name => listed.some(folder => name.startsWith(`${folder}/`)) || /^examples\/.*\.md$/.test(name) && !name.endsWith('/index.md');
for (const name of Object.keys(pages).filter(name => !(name in labels) && !inside(name))) {
  problems.push(`${pages[name].source} is in no group of src/site/navigation.mjs`);
}
for (const name of Object.keys(labels).filter(name => !(name in pages))) {
  problems.push(`src/site/navigation.mjs names ${name}, which is no page`);
}
if (problems.length) {
  console.error(problems.map(problem => `site: ${problem}`).join('\n'));
  process.exit(1);
}
console.log(`site: ${Object.keys(pages).length} pages`);
