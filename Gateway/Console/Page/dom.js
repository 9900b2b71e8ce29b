// Elements are made here and nowhere else: text goes in as text, never as markup.

const Svg = 'http://www.w3.org/2000/svg';

/** Makes an element. Functions become listeners, true and false set and leave out an attribute, children may be nested lists. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for what is inside an image. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(Svg, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (name === 'value' || name === 'checked') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...nodes(children));
  return element;
}

const nodes = children => children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false);

/** Puts children in the place of what is there. What had the focus, and details that were open, are so again if they have a key. */
export function replace(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.getAttribute('data-key') : null;
  const open = new Map([...element.querySelectorAll('details[data-key]')].map(d => [d.getAttribute('data-key'), d.open]));
  element.replaceChildren(...nodes(children));
  for (const details of element.querySelectorAll('details[data-key]')) {
    const key = details.getAttribute('data-key');
    if (open.has(key)) details.open = open.get(key);
  }
  if (focused) [...element.querySelectorAll('[data-key]')].find(e => e.getAttribute('data-key') === focused)?.focus();
}

/** Sets a width by script, as the page's policy allows no style in markup. */
export function wide(element, percent) {
  element.style.inlineSize = `${Math.max(0, Math.min(100, percent))}%`;
  return element;
}

const Paths = {
  models: 'M10 2.2 17 6v8l-7 3.8L3 14V6Zm0 1.7L5.3 6.4 10 9l4.7-2.6ZM4.5 7.7v5.4l4.8 2.6v-5.3Zm11 0-4.7 2.7v5.3l4.7-2.6Z',
  try: 'M3 3.5h14v10H9.6L5.5 17v-3.500H3ZM4.5 5v7H7v1.800L9.1 12h6.400V5ZM6.5 7h7v1.300h-7Zm0 2.400h4.600v1.200H6.500Z',
  live: 'M2 10.200h3.300L7.7 3.500l4.3 12 2.3-5.300H18v1.500h-2.700L12 19.4 7.8 7.7 6.4 11.700H2Z',
  replicas: 'M3 3h14v6H3Zm1.5 1.500v3h11v-3ZM3 11h14v6H3Zm1.5 1.500v3h11v-3ZM6 5.400h1.300v1.300H6Zm0 8h1.300v1.300H6Z',
  usage: 'M3 16.500h14V18H3ZM4 9.500h3v5.800H4Zm4.5-4h3v9.800h-3Zm4.5-3h3v12.800h-3Z',
  keys: 'M13 2.500a4.5 4.5 0 1 1-1.6 8.700l-1.2 1.300H8.800V14H7.300v1.500H5.800V17H3v-2.800l5.8-5.700A4.5 4.5 0 0 1 13 2.500Zm0 1.500a3 3 0 0 0-2.7 4.300l.2.5-6 6v.7h.8v-1.500h1.500v-1.500h1.500v-1.500h1.200l1.4-1.6.5.200A3 3 0 1 0 13 4Zm.8 1.300a1 1 0 1 1 0 2 1 1 0 0 1 0-2Z',
  ready: 'M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm3.6 5L8.9 11.7 6.4 9.200l-1 1 3.5 3.6 5.7-5.700Z',
  loading: 'M10 2a8 8 0 1 1-8 8h1.9A6.1 6.1 0 1 0 10 3.9Z',
  error: 'M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM7.1 6.100l-1 1L9 10l-2.9 2.9 1 1L10 11l2.9 2.9 1-1L11 10l2.9-2.9-1-1L10 9Z',
  warning: 'M10 2.5 18.5 17h-17Zm-.8 5v5h1.600v-5Zm0 6.200v1.500h1.600v-1.500Z',
  off: 'M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm0 1.500a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM6.5 9.200h7v1.600h-7Z',
  draining: 'M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm0 1.500a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM9.2 6h1.600v5.200l2-2 1.1 1.1-3.9 3.9-3.9-3.9 1.1-1.1 2 2Z',
  info: 'M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm0 1.500a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM9.2 9h1.600v5H9.200Zm0-3h1.600v1.700H9.200Z',
  theme: 'M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm0 1.600v12.800a6.4 6.4 0 0 0 0-12.800Z',
  leave: 'M3 3h8v1.500H4.500v11H11V17H3Zm10 3.4 1-1 4.6 4.6-4.6 4.6-1-1 2.8-2.900H8V9.300h7.800Z',
  copy: 'M7 2h10v11H7Zm1.5 1.500v8h7v-8ZM3 6.500h2.500V8h-1v8.500h7v-1H13V18H3Z',
  add: 'M9.2 3.500h1.600v5.700h5.700v1.600h-5.700v5.700H9.200v-5.700H3.500V9.200h5.700Z',
  swap: 'm6 3 1.1 1.100L5 6.200h12v1.500H5l2.1 2L6 10.8 2 7Zm8 7.2 4 3.8-4 3.9-1.1-1.1 2.1-2.100H3v-1.500h12l-2.1-2Z',
};

/** An icon beside a text that says the same. */
export function icon(name) {
  return svg('svg', { class: `icon icon-${name}`, viewBox: '0 0 20 20', 'aria-hidden': 'true' }, svg('path', { d: Paths[name], 'fill-rule': 'evenodd' }));
}
