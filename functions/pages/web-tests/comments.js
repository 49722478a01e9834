// What browsers get of a script: the rule of `build.rs`, which is `../comments.rs`. Both pass `comments/`.

/** Empties the lines that are comments alone: `//…`, and what is between a leading `/**` and its end. The others lose their indentation. @param {string} script */
export function codeAlone(script) {
  let inBlock = false;
  const codeOf = (/** @type {string} */ line) => {
    const text = line.trimStart();
    if (!inBlock && text.startsWith('//')) return '';
    if (!inBlock && !text.startsWith('/**')) return text;
    const end = text.indexOf('*/');
    inBlock = end < 0;
    return inBlock ? '' : text.slice(end + 2).trim();
  };
  return script.split('\n').map((line, index) => {
    const code = codeOf(line);
    if ((code.match(/`/g) ?? []).length % 2 === 1) throw new Error(`line ${index + 1}: a template literal ends on another line; end it on its own`);
    return code;
  }).join('\n');
}
