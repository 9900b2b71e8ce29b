// How numbers, sizes and times read.

const counts = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const count = value => value === null || value === undefined ? '–' : counts.format(value);

/** A rate or a mean: as many digits as can be read at a glance. */
export function figure(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  if (size >= 10000) return short.format(value);
  return counts.format(Number(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)));
}

export const percent = (part, digits = 1) => part === null || part === undefined || Number.isNaN(part) ? '–' : `${Number((part * 100).toFixed(digits))} %`;

export function milliseconds(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  return value >= 1000 ? `${figure(value / 1000)} s` : `${figure(value)} ms`;
}

export function bytes(value) {
  if (value === null || value === undefined) return '–';
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${figure(value)} ${units[unit]}`;
}

const moments = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

export const moment = text => text ? moments.format(new Date(text)) : '–';

/** How long ago something was, or how far away it is. */
export function ago(text, now = Date.now()) {
  if (!text) return '–';
  const seconds = Math.round((now - new Date(text).getTime()) / 1000);
  const size = Math.abs(seconds);
  const words = size < 60 ? `${size} s` : size < 3600 ? `${Math.round(size / 60)} min` : size < 86400 ? `${Math.round(size / 3600)} h` : plural(Math.round(size / 86400), 'day');
  return seconds >= 0 ? `${words} ago` : `in ${words}`;
}

export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;
