// What is chosen, where it is kept (the controls, and the address of the page so that a view can be sent), and
// what of the data it leaves to be shown.

const CONTROLS = ['from', 'to', 'undated', 'kind', 'records', 'sector', 'vocation', 'sides', 'minimum'];
const choice = {view: 'network', chosen: null, zoom: 1};

/** The value of a control; numbers as numbers. */
function valueOf(control) {
  if (control.type === 'checkbox') return control.checked;
  if (control.type === 'range') return FIRST - 1 + Number(control.value);
  return control.type === 'number' ? Math.max(1, Number(control.value) || 1) : control.value;
}

/** Take over what the controls say. The later end of the periods follows the earlier one, and the reverse. */
function readControls(moved) {
  const [from, to] = [byId('from'), byId('to')];
  if (Number(from.value) > Number(to.value)) {
    if (moved === from) to.value = from.value;
    else from.value = to.value;
  }
  for (const id of CONTROLS) choice[id] = valueOf(byId(id));
  choice.view = document.querySelector('input[name=view]:checked').value;
}

/** Whether a text of the address is the key of a cluster, or of two. */
const isKey = (text) => /^\d+(-\d+)?$/.test(text) && text.split('-').every((at) => Number(at) < DATA.clusters.length);

function chooseView(value) {
  for (const input of document.querySelectorAll('input[name=view]')) input.checked = input.value === value;
  if (!document.querySelector('input[name=view]:checked')) document.querySelector('input[name=view]').checked = true;
}

/** Set the controls by the address of the page. */
function readAddress() {
  for (const [id, value] of new URLSearchParams(location.hash.slice(1))) {
    const control = byId(id);
    if (id === 'view') chooseView(value);
    else if (id === 'undated') control.checked = value !== '0';
    else if (CONTROLS.includes(id)) control.value = value;
    else if (id === 'chosen' && isKey(value)) choice.chosen = value;
  }
}

/** Keep what differs from the start in the address. */
function writeAddress() {
  const kept = new URLSearchParams();
  if (choice.view !== 'network') kept.set('view', choice.view);
  for (const id of CONTROLS) {
    const control = byId(id);
    const plainStart = control.tagName === 'SELECT' ? '' : control.defaultValue;
    if (control.type === 'checkbox') {
      if (!control.checked) kept.set(id, '0');
    } else if (control.value !== plainStart) kept.set(id, control.value);
  }
  if (choice.chosen) kept.set('chosen', choice.chosen);
  const text = kept.toString();
  history.replaceState(null, '', text ? `#${text}` : location.pathname + location.search);
}

/** Whether what may stand in the periods low to high is shown; undated: its period is not known. */
function inPeriods(low, high, undated) {
  return high >= choice.from && low <= choice.to && (choice.undated || !undated);
}

const projectShown = (at) => {
  const project = DATA.projects[at];
  return inPeriods(project.low, project.high, !project.dated);
};

const relationShown = (at) => inPeriods(DATA.relations[at][2], DATA.relations[at][3], false);

/** The test of what a tie is made of: of projects, or of relations in the ledger. */
const itemShown = () => (choice.kind ? relationShown : projectShown);

/** Every tie of the kind chosen, with its projects, or its relations in the ledger. */
function tiesOfKind() {
  if (!choice.kind) {
    const items = (listed, others) => (choice.records ? [...listed, ...others] : listed);
    return DATA.ties.map(([i, j, listed, others]) => ({i, j, items: items(listed, others)}));
  }
  const found = new Map();
  DATA.relations.forEach(([ego, alter, , , channels], at) => {
    if (!channels.includes(choice.kind)) return;
    const [i, j] = ego < alter ? [ego, alter] : [alter, ego];
    const key = `${i}-${j}`;
    if (!found.has(key)) found.set(key, {i, j, items: []});
    found.get(key).items.push(at);
  });
  return [...found.values()];
}

function clusterFits(at) {
  const cluster = DATA.clusters[at];
  const fits = (name) => !choice[name] || cluster[name] === choice[name];
  return fits('sector') && fits('vocation');
}

function sidesFit(i, j) {
  const [one, other] = [DATA.clusters[i].side, DATA.clusters[j].side];
  return !choice.sides || choice.sides === `${one} ${other}` || choice.sides === `${other} ${one}`;
}

/** What is shown: ties {key, i, j, items}, clusters by place, projects or relations by place. */
function shownNow() {
  const isShown = itemShown();
  const ties = [];
  for (const {i, j, items} of tiesOfKind()) {
    const own = items.filter(isShown);
    if (own.length < choice.minimum || !sidesFit(i, j) || !(clusterFits(i) || clusterFits(j))) continue;
    ties.push({key: `${i}-${j}`, i, j, items: own});
  }
  const clusters = new Set(ties.flatMap(({i, j}) => [i, j]));
  const items = new Set(ties.flatMap((tie) => tie.items));
  if (choice.records && !choice.kind && !choice.sides) addAlone(clusters, items);
  return {ties, clusters: [...clusters].sort((one, other) => one - other), items};
}

/** Clusters that a record names without a tie of theirs being shown. */
function addAlone(clusters, items) {
  DATA.projects.forEach((project, at) => {
    const fitting = (project.named || []).filter(([cluster]) => clusterFits(cluster));
    if (!fitting.length || !projectShown(at)) return;
    items.add(at);
    for (const [cluster] of fitting) clusters.add(cluster);
  });
}
