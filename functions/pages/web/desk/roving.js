// One stop for the Tab key among many things; the arrow keys move between them.

export function arrows(event) {
  const from = event.target.closest?.('[data-roving]');
  const to = from && next(from, event.currentTarget, event.key);
  if (event.key === 'Escape' && from) from.blur();
  if (!to) return;
  event.preventDefault();
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

function next(from, list, key) {
  const middle = (node) => {
    const { left, width } = node.getBoundingClientRect();
    return left + width / 2;
  };
  const rows = [...list.children].map((row) => [...row.querySelectorAll('[data-roving]')].sort((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left));
  const at = rows.findIndex((row) => row.includes(from));
  const row = rows[at];
  const along = row.indexOf(from);
  switch (key) {
    case 'ArrowRight': return row[along + 1] ?? null;
    case 'ArrowLeft': return row[along - 1] ?? null;
    case 'Home': return row[0];
    case 'End': return row[row.length - 1];
    case 'ArrowDown': return nearest(rows.slice(at + 1).find((it) => it.length > 0) ?? [], middle(from), middle);
    case 'ArrowUp': return nearest(rows.slice(0, at).reverse().find((it) => it.length > 0) ?? [], middle(from), middle);
    default: return null;
  }
}

const nearest = (nodes, at, middle) => nodes.reduce((best, node) => (!best || Math.abs(middle(node) - at) < Math.abs(middle(best) - at) ? node : best), null);
