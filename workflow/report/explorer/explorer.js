// What happens when: every event ends in update(), which draws what is chosen anew.

let shown = null;

/** Show what is chosen: drawing or table, counts, panel, address. */
function update() {
  shown = shownNow();
  const table = choice.view === 'table';
  byId('table').hidden = !table;
  byId('drawing').hidden = table;
  const label = document.querySelector('input[name=view]:checked').parentNode.textContent.trim();
  byId('drawing').setAttribute('aria-label', label);
  const unplaced = table ? fillTable() : draw(shown);
  showStatus(unplaced);
  for (const end of ['from', 'to']) {
    const text = periodText(choice[end]);
    byId(end).setAttribute('aria-valuetext', text);
    byId(end).parentNode.querySelector('output').textContent = text;
  }
  showDetails(shown);
  writeAddress();
}

function showStatus(unplaced) {
  const {ties, clusters, items} = shown;
  const numbers = {ties: count(ties.length), clusters: count(clusters.length), projects: count(items.size)};
  const parts = [fill(choice.kind ? 'status_ledger' : 'status', numbers)];
  if (!ties.length && !clusters.length) parts.push(WORDS.nothing);
  if (unplaced) parts.push(fill('unplaced', {count: count(unplaced)}));
  byId('status').textContent = parts.join(' ');
  if (byId('whole')) byId('whole').hidden = choice.minimum < DATA.start || choice.kind !== '';
}

/** First and last period of projects or relations whose period is known. */
function periodsOf(items) {
  const known = choice.kind
    ? items.map((at) => DATA.relations[at].slice(2, 4))
    : items.map((at) => DATA.projects[at]).filter(({dated}) => dated).map(({low, high}) => [low, high]);
  if (!known.length) return '';
  const ends = [Math.min(...known.map(([low]) => low)), Math.max(...known.map(([, high]) => high))];
  return [...new Set(ends)].join('–');
}

/** The ties shown as rows, each with buttons that open its clusters and itself. */
function fillTable() {
  byId('rows').replaceChildren(...shown.ties.map(({key, i, j, items}) => {
    const opening = opener(key, count(items.length));
    opening.setAttribute('aria-label', tieLabel({i, j, items}));
    return element('tr', {}, element('th', {scope: 'row'}, clusterButton(i)), element('td', {}, clusterButton(j)),
      element('td', {class: 'right'}, opening), element('td', {class: 'right'}, periodsOf(items)));
  }));
  return 0;
}

/** Choose a cluster or a tie; the focus goes to the panel, where what is chosen can be read. */
function choose(key) {
  choice.chosen = key;
  update();
  if (key === null) return;
  byId('details-title').focus({preventScroll: true});
  const {top} = byId('details').getBoundingClientRect();
  if (top > window.innerHeight - 120 || top < 0) byId('details').scrollIntoView({block: 'start'});
  byId('details').scrollTop = 0;
}

/** Close the panel; the focus goes back to the mark, the row or the field that it was opened from. */
function close() {
  const key = choice.chosen;
  choose(null);
  const mark = byId('canvas').querySelector(`[data-key="${key}"]`);
  if (choice.view !== 'table' && mark) focusMark(mark);
  else (byId('rows').querySelector(`[data-open="${key}"]`) || byId('search')).focus();
}

function search() {
  const wanted = plain(byId('search').value.trim());
  const fits = ({name, printed}) => [name, ...printed].some((text) => plain(text).includes(wanted));
  const found = wanted ? placesWhere(DATA.clusters, fits) : [];
  const list = byId('found');
  list.hidden = !found.length;
  list.replaceChildren(...found.slice(0, 8).map((at) => element('li', {}, clusterButton(at))));
  byId('found-count').textContent = wanted ? fill('found', {count: count(found.length)}) : '';
  return found;
}

function endSearch() {
  byId('search').value = '';
  search();
}

/** Make the drawing larger or smaller; what is in its middle stays there. */
function zoom(factor) {
  const canvas = byId('canvas');
  const across = (canvas.scrollLeft + canvas.clientWidth / 2) / canvas.scrollWidth;
  const down = (canvas.scrollTop + canvas.clientHeight / 2) / canvas.scrollHeight;
  choice.zoom = Math.min(4, Math.max(1, choice.zoom * factor));
  draw(shown);
  canvas.scrollLeft = across * canvas.scrollWidth - canvas.clientWidth / 2;
  canvas.scrollTop = down * canvas.scrollHeight - canvas.clientHeight / 2;
}

function onKey(event) {
  const mark = event.target.closest('#canvas [data-key]');
  if (event.key === 'Escape' && byId('search').value) {
    endSearch();
    byId('search').focus();
  } else if (event.key === 'Escape' && choice.chosen !== null) {
    close();
  } else if (mark && event.key.startsWith('Arrow')) {
    event.preventDefault();
    focusMark(nextMark(mark, event.key));
  } else if (mark && (event.key === 'Enter' || event.key === ' ')) {
    event.preventDefault();
    choose(mark.dataset.key);
  } else if (event.target.id === 'search' && event.key === 'Enter') {
    event.preventDefault();
    const [first] = search();
    if (first === undefined) return;
    endSearch();
    choose(String(first));
  }
}

function onClick(event) {
  if (!event.target.closest('.search')) byId('found').hidden = true;
  const mark = event.target.closest('#canvas [data-key], [data-open]');
  if (!mark) return;
  if (mark.closest('#found')) endSearch();
  choose(mark.dataset.key || mark.dataset.open);
}

function begin() {
  for (const part of document.querySelectorAll('.scripted')) part.hidden = false;
  const controls = byId('controls');
  readAddress();
  readControls();
  controls.addEventListener('input', (event) => {
    if (event.target.id === 'search') return search();
    // The ledger has few relations a pair: the least number of projects would leave hardly any.
    if (event.target.id === 'kind') byId('minimum').value = event.target.value ? 1 : DATA.start;
    readControls(event.target);
    return update();
  });
  controls.addEventListener('submit', (event) => event.preventDefault());
  controls.addEventListener('reset', () => setTimeout(() => {
    Object.assign(choice, {chosen: null, zoom: 1});
    endSearch();
    readControls();
    update();
  }));
  byId('close').addEventListener('click', close);
  byId('larger').addEventListener('click', () => zoom(1.5));
  byId('smaller').addEventListener('click', () => zoom(1 / 1.5));
  document.querySelector('.skip').addEventListener('click', () => document.querySelector('input[value=table]').click());
  document.addEventListener('keydown', onKey);
  document.addEventListener('click', onClick);
  let wide = 0;
  new ResizeObserver(([{contentRect}]) => {
    if (contentRect.width === wide) return;
    wide = contentRect.width;
    if (choice.view !== 'table') draw(shown);
  }).observe(byId('drawing'));
  update();
}

begin();
