// Has Markdown mean what it means on a git host, and links lead to the pages of the site.
import fs from 'node:fs';
import path from 'node:path';
import { labels } from './navigation.mjs';

// As GitHub makes anchors, and other hosts after it.
export const slugify = title => title.trim().toLowerCase().replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');

export function asOnAGitHost(md, staged) {
  const pages = JSON.parse(fs.readFileSync(path.join(staged, 'pages.json')));

  md.disable('emoji');
  md.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  // To Vue, braces would be an expression.
  for (const kind of ['text', 'code_inline']) {
    const rule = md.renderer.rules[kind];
    md.renderer.rules[kind] = (...all) => rule(...all).replaceAll('{{', '&#123;&#123;');
  }

  // A long key may be broken before its last part, and a short one nowhere.
  const code = md.renderer.rules.code_inline;
  md.renderer.rules.code_inline = (tokens, at, ...rest) => {
    if (tokens[at].content.length <= 24) {
      tokens[at].attrJoin('class', 'short');
    }
    return code(tokens, at, ...rest).replace(/\]\.(?=.+<)/g, '].<wbr>');
  };

  md.core.ruler.push('offsite', ({ tokens, env }) => {
    for (const token of tokens) {
      if (token.type === 'code_block') {
        Object.assign(token, { type: 'fence', info: 'text', markup: '```' });
      }
      token.children?.forEach((child, at) => {
        if (child.type === 'link_open') {
          link(child, token.children[at + 1], env.relativePath);
        }
      });
    }
  });

  function link(open, label, from) {
    const [file, anchor] = open.attrGet('href').split('#');
    if (!file || /^[a-z]+:/.test(file)) {
      return;
    }
    const wanted = path.posix.join(path.posix.dirname(from), decodeURI(file)).replace(/\/$/, '');
    const page = [wanted.replace(/(^|\/)README\.md$/, '$1index.md'), `${wanted}/index.md`, `${wanted}.md`].find(name => name in pages);
    const target = page ?? (fs.existsSync(path.join(staged, 'public', wanted)) ? wanted : undefined);
    if (!target) {
      throw new Error(`${pages[from].source} links to ${wanted}, which is not on the site: stage.mjs says what is`);
    }
    const to = path.posix.relative(path.posix.dirname(from), target);
    open.attrSet('href', encodeURI(to) + (anchor === undefined ? '' : `#${anchor}`));
    // A path says where to look in a repository. Here, the name of the page does.
    if (page && label.type === 'text' && [file, wanted, path.posix.basename(file)].includes(label.content)) {
      label.content = labels[page] ?? label.content;
    }
  }
}
