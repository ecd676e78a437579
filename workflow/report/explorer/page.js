'use strict';
// The data of the page and how texts are made of it. Names come from records that anyone may have written:
// they enter the page as text nodes alone, never as markup.

const DATA = JSON.parse(document.getElementById('data').textContent);
const WORDS = DATA.words;
const FIRST = DATA.periods.length ? DATA.periods[0][0] : 1;

const byId = (id) => document.getElementById(id);

/** A whole number as this language writes it (report/numerals.py has the rule). */
function count(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, WORDS.thousands);
}

/** The text of a key, its {names} filled. */
function fill(key, values = {}) {
  return WORDS[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** A period by its number, with the day that stands for it. */
function periodText(number) {
  const date = (DATA.periods[number - FIRST] || [])[1] || '';
  return fill('period', {unit: WORDS.unit, number, date});
}

function make(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children);
  return node;
}

/** A link to a page elsewhere, which is not told where the reader comes from. */
const link = (url) => element('a', {href: url, rel: 'noopener noreferrer', target: '_blank'}, url);

/** An element of HTML; children that are texts become text nodes. */
function element(tag, attributes = {}, ...children) {
  return make(document.createElement(tag), attributes, children);
}

/** An element of SVG. */
function shape(tag, attributes = {}, ...children) {
  return make(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

/** A name whose direction of writing stays its own. */
const named = (text) => element('bdi', {}, text);

const clusterName = (at) => DATA.clusters[at].name;

/** Letters alone, without accents: what a search compares. */
function plain(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
