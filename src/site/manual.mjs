// The man pages as Markdown. They are generated (Manual.java), so only what is in them is read here; anything else fails the build.
const text = line =>
  line
    .replace(/pass:c\[((?:[^\]\\]|\\.)*)\]/g, (_, raw) => raw.replaceAll('\\]', ']'))
    .replace(/\bdocs\/([a-z-]+)\.md\b/g, '[$1.md](../docs/$1.md)')
    .replace(/\*offsite(-[a-z]+)?\*\(1\)/g, (_, verb = '') => (verb ? `[\`offsite ${verb.slice(1)}\`](offsite${verb}.md)` : '[`offsite`](offsite.md)'))
    .replace('*offsite.properties*(5)', '[the configuration](../docs/configuration.md)')
    .replace(/\*([^*]+)\*\((\d)\)/g, '`$1`($2)')
    .replace(/(?<!\*)\*([^*`]+)\*(?!\*)/g, '`$1`');

const plain = line => line.replace(/\*([^*\s][^*]*)\*/g, '$1').replace(/(?<![A-Za-z0-9])_([^_]+)_/g, '$1');

const cell = line => line.replaceAll('|', '\\|');

export function manual(adoc) {
  const out = [];
  const lines = adoc.split('\n');
  let section = '';
  let inTable = false;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    if (/^(\/\/|:\w+:)/.test(line) || (section === 'Name' && /^\S/.test(line) && !line.startsWith('=='))) {
      continue;
    }
    const term = line.match(/^(\S.*)::$/);
    if (term) {
      if (!inTable) {
        out.push('| | |', '|---|---|');
      }
      inTable = true;
      const linked = text(term[1]);
      const name = linked.includes('](') ? linked : '`' + plain(term[1]) + '`';
      out.push(`| ${cell(name)} | ${cell(text(lines[++at].trim()))} |`);
      if (/^\s*\S/.test(lines[at + 1] ?? '')) {
        throw new Error(`a description of two lines: ${lines[at + 1]}`);
      }
      at++;
      continue;
    }
    inTable = false;
    const heading = line.match(/^(=+) +(.*?):?$/);
    if (heading) {
      section = heading[2];
      if (heading[1] === '=') {
        out.push('# ' + section.replace('(1)', '').replace('-', ' '), '');
      } else if (section !== 'Name') {
        out.push('## ' + section, '');
      }
    } else if (section === 'Synopsis' && line) {
      const first = at;
      while (lines[at + 1]) at++;
      out.push('```text', ...lines.slice(first, at + 1).map(plain), '```');
    } else if (line.startsWith('  ')) {
      out.push(line.replace(/^ {2}/, '    '));
    } else {
      out.push(text(line));
    }
  }
  const left = out.find(line => /pass:|::$|^=|<<|\{[\w-]+\}/.test(line));
  if (left) {
    throw new Error(`not understood: ${left}`);
  }
  return out.join('\n').replace(/\n{3,}/g, '\n\n');
}
