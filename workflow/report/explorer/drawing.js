// The drawing: the network or the map in pixels of the screen, so that names keep their size. Marks are buttons,
// of which the Tab key reaches one; arrow keys go on from there, as in a grid or a tree.

const round = (r) => `M${-r} 0A${r} ${r} 0 1 0 ${r} 0A${r} ${r} 0 1 0 ${-r} 0Z`;
const MARKS = new Map([
  ['diffusing', (r) => `M0 ${-1.2 * r}L${1.15 * r} ${0.9 * r}H${-1.15 * r}Z`],
  ['mixed', (r) => `M${-0.9 * r} ${-0.9 * r}H${0.9 * r}V${0.9 * r}H${-0.9 * r}Z`],
  ['absorbing', round],
]);
const measure = document.createElement('canvas').getContext('2d');
const FONT = 12;
const MANY = 80; // ties beyond which lines are paler, or they would cover each other

/** Width and height of the drawing, and the place of a cluster in it. */
function frame() {
  const wide = byId('canvas').clientWidth;
  const tall = Math.max(380, Math.min(0.72 * wide, 0.74 * window.innerHeight));
  if (choice.view === 'map') return mapFrame(wide, tall);
  const [width, height, edge] = [wide * choice.zoom, tall * choice.zoom, wide < 500 ? 26 : 70];
  const [left, top, right, bottom] = extent();
  const at = ([x, y]) => [
    edge + (x - left) / Math.max(right - left, 1) * (width - 2 * edge),
    24 + (y - top) / Math.max(bottom - top, 1) * (height - 48),
  ];
  return {width, height, place: (cluster) => at(DATA.clusters[cluster].net)};
}

/** The part of the network that such ties lie in: the same for all periods, so that marks stay put. */
function extent() {
  const tied = tiesOfKind().flatMap(({i, j, items}) => (items.length >= choice.minimum ? [i, j] : []));
  const all = choice.records && !choice.kind ? DATA.clusters.map((_, at) => at) : withChosen(tied);
  const [across, down] = [0, 1].map((axis) => all.map((at) => DATA.clusters[at].net[axis]));
  return [Math.min(...across), Math.min(...down), Math.max(...across), Math.max(...down)];
}

/** The whole map, as large as fits, in the middle. */
function mapFrame(wide, tall) {
  const {land} = DATA;
  const edge = 14;
  const limit = wide < 500 ? wide * 1.15 : tall;
  const scale = Math.min((wide - 2 * edge) / land.width, (limit - 2 * edge) / land.height) * choice.zoom;
  const width = Math.max(wide * Math.min(choice.zoom, 1), land.width * scale + 2 * edge);
  const left = (width - land.width * scale) / 2;
  const at = ([x, y]) => [left + x * scale, edge + y * scale];
  return {width, height: land.height * scale + 2 * edge, scale, at, place: (cluster) => at(DATA.clusters[cluster].map)};
}

/** Coasts and borders; boxes of overseas parts; degrees where no outline is known. */
function drawLand({width, height, scale, at}) {
  const land = shape('g', {class: 'land', 'aria-hidden': 'true'});
  for (const line of DATA.land.lines) {
    const points = [];
    for (let place = 0; place < line.length; place += 2) points.push(at([line[place], line[place + 1]]));
    land.append(shape('path', {d: `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}Z`}));
  }
  for (const [x, y, side, name] of DATA.land.boxes) {
    const [left, top] = at([x, y]);
    land.append(shape('path', {class: 'box', d: `M${left} ${top}h${side * scale}v${side * scale}`}));
    land.append(shape('text', {x: left, y: top - 4}, name));
  }
  for (const [degree, x] of DATA.land.meridians) {
    const [left] = at([x, 0]);
    land.append(shape('path', {class: 'box', d: `M${left} 0V${height}`}));
    land.append(shape('text', {x: left + 2, y: height - 3}, `${degree}°`));
  }
  for (const [degree, y] of DATA.land.parallels) {
    const [, top] = at([0, y]);
    land.append(shape('path', {class: 'box', d: `M0 ${top}H${width}`}), shape('text', {x: 2, y: top - 3}, `${degree}°`));
  }
  return land;
}

/** Draw what is shown, with the chosen cluster or tie set off from the rest. */
function draw(shown) {
  const space = frame();
  const onMap = choice.view === 'map';
  const placed = (at) => !onMap || DATA.clusters[at].map;
  const clusters = withChosen(shown.clusters).filter(placed);
  const ties = shown.ties.filter(({i, j}) => placed(i) && placed(j));
  const degree = new Map(clusters.map((at) => [at, 0]));
  for (const {i, j} of shown.ties) for (const at of [i, j]) degree.set(at, (degree.get(at) || 0) + 1);
  const near = nearChosen(shown.ties);
  const {width, height} = space;
  const root = shape('svg', {
    width, height, viewBox: `0 0 ${width} ${height}`, role: 'group', class: near ? 'chosen' : ties.length > MANY ? 'dense' : '',
    'aria-label': byId('drawing').getAttribute('aria-label'), 'aria-describedby': 'drawing-help',
  });
  if (onMap) root.append(drawLand(space));
  const most = Math.max(1, ...ties.map((tie) => tie.items.length));
  const order = (tie) => (near && near.ties.has(tie.key) ? 1 : 0);
  for (const tie of ties.sort((one, other) => order(one) - order(other))) root.append(drawTie(tie, space, most, near));
  const radius = radiusOf(degree, space);
  for (const at of clusters) root.append(drawCluster(at, space, radius(at), degree.get(at), near));
  root.append(drawNames(clusters, space, radius, degree, near));
  byId('canvas').replaceChildren(root);
  const first = root.querySelector(`[data-key="${choice.chosen}"]`) || root.querySelector('.cluster');
  if (first) first.setAttribute('tabindex', '0');
  return shown.clusters.length - shown.clusters.filter(placed).length;
}

const isTie = (key) => key !== null && key.includes('-');

/** Clusters shown, and those chosen whatever the filters say. */
function withChosen(clusters) {
  const chosen = choice.chosen === null ? [] : choice.chosen.split('-').map(Number);
  return [...new Set([...clusters, ...chosen])];
}

/** The clusters and ties that belong to what is chosen; null where there are none to set off. */
function nearChosen(ties) {
  if (choice.chosen === null) return null;
  const ends = choice.chosen.split('-').map(Number);
  const own = ties.filter(({key, i, j}) => (isTie(choice.chosen) ? key === choice.chosen : i === ends[0] || j === ends[0]));
  if (!own.length) return null;
  return {ties: new Set(own.map(({key}) => key)), clusters: new Set([...ends, ...own.flatMap(({i, j}) => [i, j])])};
}

function radiusOf(degree, {width}) {
  const most = Math.max(1, ...degree.values());
  const [least, more] = width < 500 ? [3, 3.5] : [4.5, 5];
  return (at) => least + more * Math.sqrt((degree.get(at) || 0) / most);
}

/** A tie in words. */
function tieLabel({i, j, items}) {
  const values = {one: clusterName(i), other: clusterName(j), count: count(items.length)};
  return fill(choice.kind ? 'tie_ledger' : 'tie', values);
}

/** A mark that can be chosen, by pointer or by key. */
function button(kind, key, label, attributes, parts) {
  const given = {class: kind, role: 'button', tabindex: -1, 'data-key': key, 'aria-label': label};
  return shape('g', {...given, ...attributes}, ...parts, shape('title', {}, label));
}

function drawTie(tie, space, most, near) {
  const [[x1, y1], [x2, y2]] = [space.place(tie.i), space.place(tie.j)];
  const line = {x1, y1, x2, y2};
  const label = tieLabel(tie);
  const width = 1 + 4 * (tie.items.length - 1) / Math.max(most - 1, 3);
  // A broad line that is not seen lies over the thin one, for a finger to hit.
  return button(`tie${near && near.ties.has(tie.key) ? ' near' : ''}`, tie.key, label, {}, [
    shape('line', {...line, 'stroke-width': width.toFixed(1)}),
    shape('line', {...line, class: 'hit'}),
  ]);
}

function drawCluster(at, space, radius, degree, near) {
  const {name, sector, side} = DATA.clusters[at];
  const [x, y] = space.place(at);
  const label = fill('cluster', {name, sector, ties: count(degree || 0)});
  const kinds = ['cluster', 'mark', MARKS.has(side) ? side : 'unknown'];
  if (near && near.clusters.has(at)) kinds.push('near');
  if (choice.chosen === String(at)) kinds.push('is-chosen');
  return button(kinds.join(' '), at, label, {transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`}, [
    shape('path', {class: 'hit', d: round(Math.max(radius, 10))}),
    shape('path', {d: (MARKS.get(side) || round)(radius)}),
  ]);
}

/** Names beside their marks where they cover neither another name nor a mark; those with most ties first. */
function drawNames(clusters, space, radius, degree, near) {
  measure.font = `${FONT}px system-ui, sans-serif`;
  const taken = clusters.map((at) => boxAround(space.place(at), radius(at)));
  const rank = (at) => (near && near.clusters.has(at) ? 1e6 : 0) + (degree.get(at) || 0);
  const names = shape('g', {class: 'names', 'aria-hidden': 'true'});
  for (const at of [...clusters].sort((one, other) => rank(other) - rank(one) || one - other)) {
    const [x, y] = space.place(at);
    const text = DATA.clusters[at].short;
    const inside = ([left, top, right, bottom]) => left >= 0 && top >= 0 && right <= space.width && bottom <= space.height;
    const free = (one) => inside(one) && !taken.some((other) => overlap(one, other));
    const box = nameBoxes(x, y, radius(at) + 3, measure.measureText(text).width, FONT + 2).find(free);
    if (!box) continue;
    taken.push(box);
    const faded = near && !near.clusters.has(at);
    names.append(shape('text', {x: box[0].toFixed(1), y: (box[3] - 4).toFixed(1), class: faded ? '' : 'near'}, text));
  }
  return names;
}

const boxAround = ([x, y], r) => [x - r, y - r, x + r, y + r];
const overlap = (one, other) => one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];

/** Where a name may stand, in order of liking: right, left, above, below, the corners, then further out. */
function nameBoxes(x, y, reach, width, height) {
  const ways = [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [-1, -1], [1, 1], [-1, 1]];
  return [0, 9].flatMap((further) => ways.map((way) => [...way, further])).map(([right, down, further]) => {
    const away = (right && down ? 0.7 : 1) * (reach + further);
    const left = x + right * away - width * (1 - right) / 2;
    const top = y + down * away - height * (1 - down) / 2;
    return [left, top, left + width, top + height];
  });
}

let walking = null; // the cluster whose ties the arrow keys go along

/** The mark that an arrow key leads to: left and right among clusters, up and down along ties of one of them. */
function nextMark(mark, key) {
  const root = byId('canvas');
  const clusters = [...root.querySelectorAll('.cluster')];
  const ends = mark.dataset.key.split('-');
  if (!ends.includes(walking)) [walking] = ends;
  const own = clusters.find((one) => one.dataset.key === walking);
  const around = [...root.querySelectorAll('.tie')].filter((one) => one.dataset.key.split('-').includes(walking));
  const sideways = key === 'ArrowLeft' || key === 'ArrowRight';
  const circle = sideways ? clusters : [own, ...around];
  const step = key === 'ArrowRight' || key === 'ArrowDown' ? 1 : -1;
  const next = circle[(circle.indexOf(sideways ? own : mark) + step + circle.length) % circle.length];
  if (sideways) walking = next.dataset.key;
  return next;
}

/** Move the one stop of the Tab key, and the focus with it. */
function focusMark(mark) {
  for (const one of byId('canvas').querySelectorAll('[tabindex="0"]')) one.setAttribute('tabindex', '-1');
  mark.setAttribute('tabindex', '0');
  mark.focus();
}
