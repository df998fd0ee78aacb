// The script of the preview: reloads the page when it changed, swaps its styles, shows mistakes.
// Works under the page's own Content-Security-Policy: no markup from text, no styles in attributes, no evaluation.
(() => {
  'use strict';
  const own = document.currentScript;
  const page = own.dataset.page;
  const KEPT = 'bulletin:scroll';
  let since = own.dataset.since;
  let stream = null;
  let again = 0;

  // Addresses are compared decoded: there is more than one way to encode them.
  const plain = (path) => {
    try { return decodeURIComponent(path); } catch { return path; }
  };
  const pathOf = (address) => {
    try {
      const url = new URL(address, document.baseURI);
      return url.origin === location.origin ? plain(url.pathname) : null;
    } catch { return null; }
  };

  // Browsers keep the place on a reload, but not where the page was shorter for a moment.
  const reload = () => {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify([location.pathname, scrollX, scrollY]));
    } catch { /* without storage, what the browser does must do */ }
    location.reload();
  };
  const back = () => {
    try {
      const [path, x, y] = JSON.parse(sessionStorage.getItem(KEPT) || '[]');
      sessionStorage.removeItem(KEPT);
      if (path === location.pathname && (Math.abs(scrollX - x) > 1 || Math.abs(scrollY - y) > 1)) {
        scrollTo({ left: x, top: y, behavior: 'instant' });
      }
    } catch { /* as above */ }
  };
  if (document.readyState === 'complete') back();
  else addEventListener('load', back, { once: true });

  // The new style comes before the old one goes, so the page is never without.
  const leaving = new WeakSet();
  const swap = (link) => {
    const url = new URL(link.href);
    url.searchParams.set('bulletin', since);
    const next = link.cloneNode();
    next.addEventListener('load', () => link.remove(), { once: true });
    next.addEventListener('error', () => { next.remove(); leaving.delete(link); }, { once: true });
    next.href = url.href;
    leaving.add(link);
    link.after(next);
  };
  const imports = (sheet, changed) => {
    let rules = [];
    try { rules = sheet.cssRules; } catch { /* of another origin */ }
    return [...rules].some((rule) => rule.href && rule.styleSheet
      && (changed.has(pathOf(rule.styleSheet.href)) || imports(rule.styleSheet, changed)));
  };
  const restyle = (addresses) => {
    const changed = new Set(addresses.map(plain));
    if ([...document.styleSheets].some((sheet) => imports(sheet, changed))) return reload();
    const links = document.querySelectorAll('link[rel~="stylesheet"][href]');
    [...links].filter((link) => !leaving.has(link) && changed.has(pathOf(link.href))).forEach(swap);
  };

  // A file concerns the page if the page has loaded it.
  performance.setResourceTimingBufferSize(5000);
  const refile = (addresses) => {
    const changed = new Set(addresses.map(plain));
    const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
    const shown = [...document.images].map((image) => image.currentSrc);
    if ([...loaded, ...shown].some((address) => changed.has(pathOf(address)))) reload();
  };

  const LOOK = `
    :host { all: initial !important; }
    .panel { position: fixed; inset: auto 0 0 0; z-index: 2147483647; max-height: 70vh; overflow: auto; box-sizing: border-box;
      padding: 1em; background: #fff; color: #1a1a1a; border-top: 4px solid #b3261e; box-shadow: 0 0 24px rgb(0 0 0 / 40%);
      font: medium/1.45 system-ui, sans-serif; text-align: left; direction: ltr; color-scheme: light dark; }
    .top { display: flex; gap: 1em; align-items: center; justify-content: space-between; }
    h2 { margin: 0; font-size: 1.1em; }
    section { margin-top: 1em; overflow-wrap: anywhere; }
    p { margin: .2em 0; white-space: pre-wrap; }
    .error { color: #b3261e; font-weight: 700; }
    .warning { color: #7a5200; font-weight: 700; }
    .place, .excerpt { font-family: ui-monospace, monospace; font-size: .9em; }
    .excerpt { display: grid; grid-template-columns: auto 1fr; gap: 0 .8em; margin: .3em 0; padding: .5em; background: #f3f1ee; }
    .number { color: #5c5751; }
    code { font: inherit; white-space: pre-wrap; tab-size: 4; }
    mark { background: #fbd9d6; color: inherit; text-decoration: underline wavy #b3261e; text-underline-offset: 3px; }
    mark:empty { padding-inline: .3em; }
    .label { grid-column: 2; color: #b3261e; }
    button { font: inherit; min-width: 44px; min-height: 44px; padding: 0 .8em; cursor: pointer; }
    @media (prefers-color-scheme: dark) {
      .panel { background: #1c1b1a; color: #eee; }
      .error, .label { color: #ff9d94; }
      .warning { color: #f0c060; }
      .excerpt { background: #2a2826; }
      .number { color: #b5aea6; }
      mark { background: #6b2420; text-decoration-color: #ff9d94; }
    }
    @media print { .panel { display: none; } }`;

  const part = (name, text, kind) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  // Lines of text are long and screens are narrow: the line is broken, so what is wrong is marked in it and not below it.
  const excerpt = (line, label) => {
    const shown = part('div', undefined, 'excerpt');
    const number = part('span', line.number, 'number');
    const text = part('code');
    text.append(line.before, part('mark', line.wrong), line.after);
    shown.append(number, text);
    if (label) shown.append(part('span', label, 'label'));
    return shown;
  };
  const entry = (mistake) => {
    const made = part('section');
    const head = part('p');
    head.append(part('span', `${mistake.severity}[${mistake.rule}]`, mistake.severity), `: ${mistake.message}`);
    made.append(head);
    if (mistake.place) made.append(part('p', mistake.place, 'place'));
    if (mistake.line) made.append(excerpt(mistake.line, mistake.label));
    mistake.help.forEach((text) => made.append(part('p', `help: ${text}`)));
    mistake.notes.forEach((text) => made.append(part('p', `note: ${text}`)));
    return made;
  };

  const heading = (mistakes, more) => {
    const counted = (number, name) => `${number} ${name}${number === 1 ? '' : 's'}`;
    const errors = mistakes.filter((mistake) => mistake.severity === 'error').length;
    const warnings = mistakes.length - errors;
    return [
      counted(errors, 'error'),
      ...(warnings ? [counted(warnings, 'warning')] : []),
      ...(more ? [`${more} more in the terminal`] : []),
    ].join(', ');
  };

  let overlay = null;
  let shownText = '';
  const hide = () => {
    if (overlay) overlay.remove();
    overlay = null;
    removeEventListener('keydown', onKey, true);
  };
  const onKey = (event) => {
    if (event.key === 'Escape') hide();
  };
  const draw = ({ mistakes, more }) => {
    overlay = document.createElement('bulletin-overlay');
    const root = overlay.attachShadow({ mode: 'closed' });
    const look = new CSSStyleSheet();
    look.replaceSync(LOOK);
    root.adoptedStyleSheets = [look];
    const panel = part('div', undefined, 'panel');
    panel.setAttribute('role', 'dialog');
    panel.setAttribute('aria-label', 'Mistakes in the site');
    const top = part('div', undefined, 'top');
    const close = part('button', 'Close');
    close.type = 'button';
    close.addEventListener('click', hide);
    // Read out when it comes, as the focus stays where it is.
    const alert = part('div');
    alert.setAttribute('role', 'alert');
    alert.append(part('h2', heading(mistakes, more)), part('p', 'What could not be made stays as it was until this is mended.'));
    top.append(alert, close);
    panel.append(top, ...mistakes.map(entry));
    root.append(panel);
    document.documentElement.append(overlay);
    addEventListener('keydown', onKey, true);
  };
  // Who has closed the overlay sees it again with the next mistake, and not with the same.
  const tell = (text) => {
    if (text === shownText) return;
    shownText = text;
    hide();
    const told = JSON.parse(text);
    if (told.mistakes && told.mistakes.length > 0) draw(told);
  };

  const heard = (work) => (event) => {
    if (event.lastEventId) since = event.lastEventId;
    work(event.data);
  };
  const connect = () => {
    clearTimeout(again);
    if (stream || document.hidden) return;
    const query = `page=${encodeURIComponent(page)}&since=${encodeURIComponent(since)}`;
    stream = new EventSource(new URL(`events?${query}`, own.src));
    stream.addEventListener('mistakes', heard(tell));
    stream.addEventListener('reload', heard(reload));
    stream.addEventListener('style', heard((text) => restyle(JSON.parse(text))));
    stream.addEventListener('files', heard((text) => refile(JSON.parse(text))));
    stream.addEventListener('error', () => {
      if (!stream || stream.readyState !== EventSource.CLOSED) return;
      rest();
      again = setTimeout(connect, 1000);
    });
  };
  const rest = () => {
    if (stream) stream.close();
    stream = null;
  };
  // Browsers open only six connections to a server: a tab that nobody looks at must not hold one.
  document.addEventListener('visibilitychange', () => (document.hidden ? rest() : connect()));
  addEventListener('pagehide', rest);
  addEventListener('pageshow', connect);
  connect();
})();
