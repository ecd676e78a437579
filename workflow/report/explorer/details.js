// The panel: a cluster with its facts, partners and projects, or a tie with its projects as they are printed.

const FEW = 6; // entries that are all open to begin with

/** A button that opens a cluster or a tie. */
function opener(key, ...children) {
  return element('button', {type: 'button', class: 'open', 'data-open': key}, ...children);
}

const clusterButton = (at) => opener(at, named(clusterName(at)));

/** Headings and texts as a list of descriptions; what is empty is left out. */
function described(pairs) {
  const list = element('dl');
  for (const [heading, ...texts] of pairs) {
    const kept = texts.flat().filter((text) => text !== undefined && text !== '');
    if (!kept.length) continue;
    list.append(element('dt', {}, heading), element('dd', {}, ...kept.map((text) => element('div', {}, text))));
  }
  return list;
}

function timeText({low, high, dated}) {
  return dated ? periodText(low) : fill('unknown', {from: periodText(low), to: periodText(high)});
}

/** A label in the quotation marks of the language. */
function quoted(text) {
  const [before, after] = fill('quoted', {text: '\n'}).split('\n');
  return [before, named(text), after, ' '];
}

/** A label as printed, with the cluster that it stands for. */
function labelLine([cluster, printed]) {
  const others = printed.filter((text) => text !== clusterName(cluster));
  return element('span', {}, ...others.flatMap(quoted), clusterButton(cluster));
}

/** Where a project was found: the source's own identifier, and its addresses as links that say where they lead. */
function sourceLine({urls = [], sources = []}) {
  const line = element('span', {}, named(sources.join(', ')));
  if (!urls.length) line.append(`: ${WORDS.no_address}`);
  urls.forEach((url, at) => line.append(at ? '; ' : ': ', link(url)));
  return line;
}

/** An entry that opens and closes, for a cluster may have hundreds. */
function entry(heading, open, pairs) {
  const summary = element('summary', {}, element('h4', {}, heading));
  return element('li', {}, element('details', {open}, summary, described(pairs)));
}

function projectEntry(at, open) {
  const project = DATA.projects[at];
  const others = project.others ? fill('others', {count: count(project.others)}) : '';
  return entry(named(project.name), open, [
    [WORDS.unit, timeText(project)],
    [WORDS.announced, project.said],
    [WORDS.topic, project.topic && named(project.topic)],
    [WORDS.lead, project.lead && named(project.lead)],
    [WORDS.labels, (project.named || []).map(labelLine), others],
    [WORDS.record, `${WORDS.lists[project.list || 'alone']} (${project.status})`],
    [WORDS.source, sourceLine(project)],
  ]);
}

function relationEntry(at, open) {
  const [ego, alter, low, high, channels, phase, locator] = DATA.relations[at];
  const when = low === high ? periodText(low) : fill('span', {from: periodText(low), to: periodText(high)});
  return entry(channels.map((name) => WORDS.channels[name]).join(', '), open, [
    [WORDS.told_by, clusterButton(ego)],
    [WORDS.told_of, clusterButton(alter)],
    [WORDS.unit, when],
    [WORDS.phase, phase],
    [WORDS.told_at, locator && named(locator)],
  ]);
}

/** That the choices made hide some; nothing where they hide none. */
function hiddenNote(hidden) {
  return hidden > 0 ? [element('p', {class: 'note'}, fill('hidden', {count: count(hidden)}))] : [];
}

/** The projects or relations of a tie or cluster: those shown, and how many the choices hide. */
function itemSection(items, all) {
  const entryOf = choice.kind ? relationEntry : projectEntry;
  const begun = (at) => (choice.kind ? DATA.relations[at][2] : DATA.projects[at].low);
  const inTime = [...items].sort((one, other) => begun(one) - begun(other));
  const open = items.length <= FEW;
  const hidden = all - items.length;
  return [
    element('h3', {}, choice.kind ? WORDS.ledger : WORDS.projects, ` (${count(items.length)})`),
    ...hiddenNote(hidden),
    element('ol', {class: 'items'}, ...inTime.map((at) => entryOf(at, open))),
  ];
}

function tieBody(key, shown) {
  const tie = shown.ties.find((one) => one.key === key);
  const whole = tiesOfKind().find(({i, j}) => `${i}-${j}` === key);
  const ends = key.split('-').map(Number);
  const line = element('p', {class: 'ends'}, clusterButton(ends[0]), ' – ', clusterButton(ends[1]));
  return [line, ...itemSection(tie ? tie.items : [], whole ? whole.items.length : 0)];
}

function clusterBody(at, shown) {
  const cluster = DATA.clusters[at];
  const isOwn = ({i, j, items}) => items.length && (i === at || j === at);
  const all = tiesOfKind().filter(isOwn);
  const own = shown.ties.filter(isOwn).sort((one, other) => other.items.length - one.items.length);
  const partners = own.map(({key, i, j, items}) => (
    element('li', {}, opener(key, named(clusterName(i === at ? j : i))), ` ${count(items.length)}`)));
  const items = choice.kind ? relationsOf(at) : projectsOf(at);
  return [
    described(cluster.facts.map(([heading, text]) => [heading, named(text)])),
    described([[WORDS.printed, cluster.printed.map(named)]]),
    element('h3', {}, WORDS.partners, ` (${count(own.length)})`),
    ...hiddenNote(all.length - own.length),
    element('ul', {class: 'partners'}, ...partners),
    ...itemSection(items.filter(itemShown()), items.length),
  ];
}

const placesWhere = (list, test) => list.flatMap((item, at) => (test(item) ? [at] : []));
const relationsOf = (at) => placesWhere(DATA.relations, ([ego, alter, , , channels]) => (
  (ego === at || alter === at) && channels.includes(choice.kind)));
const projectsOf = (at) => placesWhere(DATA.projects, ({named: members = [], list}) => (
  members.some(([cluster]) => cluster === at) && (choice.records || (list && members.length > 1))));

const UNCHOSEN = ['details-title', 'details-body'].map((id) => [...byId(id).childNodes]);

/** Fill the panel with what is chosen. */
function showDetails(shown) {
  const [title, body] = [byId('details-title'), byId('details-body')];
  byId('close').hidden = choice.chosen === null;
  if (choice.chosen === null) {
    title.replaceChildren(...UNCHOSEN[0]);
    body.replaceChildren(...UNCHOSEN[1]);
    return;
  }
  const [i, j] = choice.chosen.split('-').map(Number);
  title.replaceChildren(named(clusterName(i)), ...(j === undefined ? [] : [' – ', named(clusterName(j))]));
  body.replaceChildren(...(j === undefined ? clusterBody(i, shown) : tieBody(choice.chosen, shown)));
}
