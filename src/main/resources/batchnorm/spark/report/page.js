'use strict';

// Makes the tables of the page of the numbers in #data. Names reach the page as text nodes alone.
(() => {
  const PAGE = 100;
  const data = JSON.parse(document.getElementById('data').textContent);
  const collator = new Intl.Collator('en', { numeric: true });
  const wholeNumbers = new Intl.NumberFormat('en-US');

  // ---- numbers

  const numbers = (values) => Float64Array.from(values, Number);

  // Five digits, below 1 four, are enough to compare by eye; title and details have the exact number.
  function compact(value) {
    const number = Number(value);
    const size = Math.abs(number);
    let text;
    if (Number.isNaN(number)) {
      return '–';
    } else if (size === Infinity) {
      text = number < 0 ? '-∞' : '∞';
    } else if (Number.isInteger(number) && size < 1e6) {
      text = String(number);
    } else if (size >= 1e4 && size < 1e7) {
      text = number.toFixed(0);
    } else if (size >= 1e-3 && size < 1e4) {
      text = number.toPrecision(size < 1 ? 4 : 5);
    } else {
      text = number.toExponential(3).replace('e+', 'e');
    }
    return text.replaceAll('-', '−');
  }

  // Three digits, as the size is what matters.
  function roughly(value) {
    const number = Number(value);
    if (!Number.isFinite(number) || number === 0) {
      return compact(value);
    }
    const size = Math.abs(number);
    const text =
      size >= 1000 || size < 0.001 ? number.toExponential(1).replace('e+', 'e')
        : size >= 100 ? number.toFixed(0) : size < 0.1 ? number.toFixed(3) : number.toPrecision(3);
    return text.replaceAll('-', '−');
  }

  const signed = (value) => (Number(value) > 0 ? '+' : '') + roughly(value);

  // For axes, where digits that say nothing are in the way.
  function brief(value) {
    const number = Number(Number(value).toPrecision(3));
    const size = Math.abs(number);
    const plain = number === 0 || (size >= 1e-3 && size < 1e4);
    return (plain ? String(number) : number.toExponential().replace('e+', 'e')).replaceAll('-', '−');
  }

  const whole = (value) =>
    Math.abs(Number(value)) < 1e9 ? wholeNumbers.format(Number(value)) : compact(value);

  const orNone = (count) => (count === 0 ? 'none' : wholeNumbers.format(count));

  const plural = (count, noun) => wholeNumbers.format(count) + ' ' + noun + (count === 1 ? '' : 's');

  // ---- elements

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  function drawing(tag, attributes, ...children) {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  // A drawing that repeats what numbers beside it say.
  const decoration = (attributes, ...children) =>
    drawing('svg', { width: '100%', 'aria-hidden': 'true', focusable: 'false', ...attributes }, ...children);

  const line = (css, x1, x2, y1, y2) => drawing('line', { class: css, x1, x2, y1, y2 });

  function numberCell(value, css) {
    const cell = element('td', { class: 'number ' + (css || ''), title: String(value) }, compact(value));
    if (Number.isNaN(Number(value))) {
      cell.classList.add('none');
      cell.title = 'no values';
    }
    return cell;
  }

  // A minimum or maximum: NaN is of a feature without values, or of a model that does not know it.
  function extremeCell(value, mean, css) {
    const cell = numberCell(value, css);
    if (isUnknown(value, mean)) {
      cell.textContent = 'unknown';
      cell.title = 'unknown';
    }
    return cell;
  }

  const isUnknown = (value, mean) => Number.isNaN(Number(value)) && !Number.isNaN(Number(mean));

  const extreme = (value, mean) => (isUnknown(value, mean) ? 'unknown' : value);

  const wholeCell = (value, css) =>
    element('td', { class: 'number ' + (css || ''), title: String(value) }, whole(value));

  // A name that one can see, whatever it is made of.
  const visible = (name) => (name.trim() === '' ? '(blank name)' : name);

  // The name, which a narrow column may break behind its words.
  function broken(name) {
    // Without a lookbehind, which older browsers do not read.
    const parts = visible(name).match(/[^_.\-/:]*?(?:[_.\-/:]+|[a-z](?=[A-Z])|$)/g).filter((part) => part !== '');
    return parts.flatMap((part, k) => (k === 0 ? [part] : [element('wbr'), part]));
  }

  function exactList(entries) {
    const list = element('dl', { class: 'exact' });
    for (const [name, value] of entries) {
      list.append(element('dt', {}, name), element('dd', {}, element('bdi', {}, String(value))));
    }
    return list;
  }

  function disclosure(title, content) {
    return element('details', {}, element('summary', {}, title), content);
  }

  // ---- scales: from a value to a percentage of the width

  // Linear where all values are of one order of magnitude, else logarithmic on both sides of 0.
  function scaleOf(lows, highs) {
    let low = 0;
    let high = 0;
    const sizes = [];
    for (let i = 0; i < lows.length; i++) {
      if (Number.isFinite(lows[i]) && Number.isFinite(highs[i])) {
        low = Math.min(low, lows[i]);
        high = Math.max(high, highs[i]);
        const size = Math.max(Math.abs(lows[i]), Math.abs(highs[i]));
        if (size > 0) {
          sizes.push(size);
        }
      }
    }
    sizes.sort((a, b) => a - b);
    const largest = Math.max(-low, high);
    if (!(largest > 0)) {
      low = -1;
      high = 1;
    }
    const logarithmic = largest / sizes[0] > 50;
    // Below the unit the scale is nearly linear: it would else give most of its width to what is
    // nearly 0.
    const small = sizes[Math.floor(sizes.length / 4)];
    const unit = logarithmic ? 10 ** Math.floor(Math.log10(Math.max(small, largest * 1e-9))) : 1;
    const bend = (value) =>
      logarithmic ? Math.sign(value) * Math.log10(1 + Math.abs(value) / unit) : value;
    const from = bend(low);
    const width = bend(high) - from;
    const place = (value) =>
      3 + 94 * Math.min(1, Math.max(0, (bend(value) - from) / width));
    const ticks = apart(logarithmic ? powers(low, high, unit) : steps(low, high), place);
    return { place, logarithmic, ticks };
  }

  // Of ticks whose labels would overlap, 0 stays, then the largest.
  function apart(ticks, place) {
    const kept = [];
    for (const tick of [...ticks].sort((a, b) => Math.abs(b) - Math.abs(a))) {
      if (tick !== 0 && [0, ...kept].every((other) => Math.abs(place(other) - place(tick)) > 17)) {
        kept.push(tick);
      }
    }
    return [...kept, 0].sort((a, b) => a - b);
  }

  function steps(low, high) {
    const raw = (high - low) / 3;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= raw);
    const ticks = [];
    for (let k = Math.ceil(low / step); k * step <= high; k++) {
      ticks.push(Number((k * step).toPrecision(12)));
    }
    return ticks;
  }

  function powers(low, high, unit) {
    const start = Math.round(Math.log10(unit));
    const side = (end) => {
      const last = Math.floor(Math.log10(end));
      const stride = Math.max(1, Math.ceil((last - start) / (low < 0 && high > 0 ? 2 : 3)));
      const found = [];
      for (let k = last; k >= start && end > unit; k -= stride) {
        found.push(10 ** k);
      }
      return found;
    };
    return [...side(-low).map((value) => -value), 0, ...side(high).reverse()];
  }

  function axis(scale) {
    const made = decoration({ height: 22, class: 'axis' });
    const fromZero = (tick) => Math.abs(scale.place(tick) - scale.place(0));
    const farthest = Math.max(...scale.ticks.map(fromZero));
    for (const tick of scale.ticks) {
      const place = scale.place(tick);
      const x = place + '%';
      const anchor = place < 10 ? 'start' : place > 90 ? 'end' : 'middle';
      const roomy = tick === 0 || fromZero(tick) === farthest;
      made.append(
        line('', x, x, 17, 22),
        drawing(
          'text',
          { x, y: 12, 'text-anchor': anchor, class: roomy ? '' : 'fine' },
          brief(tick)
        )
      );
    }
    return made;
  }

  // ---- a table that is sorted and filtered

  /**
   * spec: section, caption, noun, names, columns, chips, badges(i), details(i), order.
   * A column: label, css, values (to sort by, if it can be), down (largest first at first), header
   * (more of its head), cell(i).
   */
  function list(spec) {
    const size = spec.names.length;
    const lowerNames = spec.names.map((name) => name.toLowerCase());
    const state = { text: '', chips: new Set(), column: null, down: false, shown: PAGE };
    let rows = [];
    let opened = 0;

    const search = element('input', {
      type: 'search', id: spec.section.id + '-filter', autocomplete: 'off', spellcheck: 'false',
    });
    const status = element('p', { class: 'status', role: 'status' });
    const chips = element('div', { class: 'chips', role: 'group', 'aria-label': 'Show only' });
    const body = element('tbody');
    const more = element('div', { class: 'more' });
    const heads = spec.columns.map(head);
    const table = element(
      'table', { class: 'list' },
      element('caption', {}, spec.caption),
      element('thead', {}, element('tr', {}, ...heads)),
      body
    );

    // What narrow windows leave out is no column that details could reach across.
    const visibleColumns = () => heads.filter((cell) => cell.offsetWidth > 0).length;
    window.addEventListener('resize', () => {
      for (const cell of body.querySelectorAll('.detail > td')) {
        cell.colSpan = visibleColumns();
      }
    });

    for (const chip of spec.chips) {
      const button = element(
        'button', { type: 'button', class: 'chip', 'aria-pressed': 'false' },
        chip.label, element('b', {}, wholeNumbers.format(chip.count))
      );
      button.addEventListener('click', () => {
        const pressed = !state.chips.delete(chip);
        if (pressed) {
          state.chips.add(chip);
        }
        button.setAttribute('aria-pressed', String(pressed));
        update();
      });
      chips.append(button);
    }
    search.addEventListener('input', () => {
      state.text = search.value.toLowerCase();
      update();
    });

    const field = element(
      'div', { class: 'field' }, element('label', { for: search.id }, 'Filter by name'), search);
    const tools = element('div', { class: 'tools' }, field);
    if (spec.chips.length > 0) {
      tools.append(chips);
    }
    spec.section.append(tools, status, table, more);
    update();

    function head(column) {
      const cell = element('th', { scope: 'col', class: column.css || '' });
      if (column.values) {
        const arrow = element('span', { class: 'arrow', 'aria-hidden': 'true' });
        const button = element('button', { type: 'button' });
        button.append(...((column.css || '').includes('number') ? [arrow, column.label] : [column.label, arrow]));
        button.addEventListener('click', () => sortBy(column));
        cell.append(button);
      } else {
        cell.append(column.label);
      }
      if (column.header) {
        cell.append(column.header);
      }
      return cell;
    }

    // One way, then the other, then the order that the table had at first.
    function sortBy(column) {
      if (state.column !== column) {
        state.column = column;
        state.down = Boolean(column.down);
      } else if (state.down === Boolean(column.down)) {
        state.down = !state.down;
      } else {
        state.column = null;
      }
      update();
    }

    function update() {
      rows = [];
      for (let i = 0; i < size; i++) {
        const chosen = state.chips.size === 0 || [...state.chips].some((chip) => chip.test(i));
        if (chosen && lowerNames[i].includes(state.text)) {
          rows.push(i);
        }
      }
      if (state.column) {
        sort(rows, state.column.values, state.down);
      }
      spec.columns.forEach((column, k) => {
        const sorted = column === state.column;
        if (sorted) {
          heads[k].setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
        } else {
          heads[k].removeAttribute('aria-sort');
        }
        const arrow = heads[k].querySelector('.arrow');
        if (arrow) {
          arrow.textContent = sorted ? (state.down ? '▼' : '▲') : '';
        }
      });
      state.shown = PAGE;
      body.replaceChildren(...rows.slice(0, PAGE).map(row));
      after();
    }

    function after() {
      const shown = Math.min(state.shown, rows.length);
      let text =
        rows.length === size ? plural(size, spec.noun)
          : wholeNumbers.format(rows.length) + ' of ' + plural(size, spec.noun);
      if (rows.length === 0) {
        text = 'No ' + spec.noun + ' has such a name' + (state.chips.size > 0 ? ' and flag' : '') + '.';
      } else {
        text += shown < rows.length ? ', the first ' + wholeNumbers.format(shown) + ' shown' : '';
        text += state.column
          ? ', by ' + state.column.label.toLowerCase() + (state.down ? ', descending' : ', ascending')
          : spec.order;
      }
      status.textContent = text;
      more.replaceChildren();
      if (shown < rows.length) {
        const rest = rows.length - shown;
        more.append(moreButton('Show ' + wholeNumbers.format(Math.min(PAGE, rest)) + ' more', PAGE));
        if (rest > PAGE) {
          more.append(moreButton('Show all ' + wholeNumbers.format(rows.length), rest));
        }
      }
    }

    function moreButton(label, count) {
      const button = element('button', { type: 'button', class: 'plain' }, label);
      button.addEventListener('click', () => {
        const from = state.shown;
        state.shown += count;
        const added = rows.slice(from, state.shown).map(row);
        body.append(...added);
        after();
        added[0].querySelector('button').focus();
      });
      return button;
    }

    function row(i) {
      const name = element(
        'button', { type: 'button', class: 'name', 'aria-expanded': 'false', title: spec.names[i] },
        element('bdi', {}, ...broken(spec.names[i]))
      );
      const first = element('th', { scope: 'row' }, element('div', { class: 'first' }, name,
        ...spec.badges(i).map((text) => element('span', { class: 'flag' }, text))));
      const made = element('tr', {}, first, ...spec.columns.slice(1).map((column) => column.cell(i)));
      name.addEventListener('click', () => {
        const open = name.getAttribute('aria-expanded') === 'true';
        name.setAttribute('aria-expanded', String(!open));
        if (open) {
          made.nextSibling.remove();
          name.removeAttribute('aria-controls');
        } else {
          const id = spec.section.id + '-details-' + opened++;
          const cell = element('td', { colspan: visibleColumns() });
          cell.append(...spec.details(i));
          made.after(element('tr', { class: 'detail', id }, cell));
          name.setAttribute('aria-controls', id);
        }
      });
      return made;
    }
  }

  // Rows without a number come last, whichever way.
  function sort(rows, values, down) {
    const sign = down ? -1 : 1;
    if (typeof values[0] === 'string') {
      rows.sort((a, b) => sign * collator.compare(values[a], values[b]) || a - b);
      return;
    }
    rows.sort((a, b) => {
      const x = values[a];
      const y = values[b];
      if (Number.isNaN(x) || Number.isNaN(y)) {
        return Number.isNaN(x) - Number.isNaN(y) || a - b;
      }
      return x === y ? a - b : sign * (x < y ? -1 : 1);
    });
  }

  function copyButton(object) {
    if (!navigator.clipboard) {
      return '';
    }
    const button = element(
      'button', { type: 'button', class: 'plain copy', 'aria-live': 'polite' }, 'Copy as JSON');
    button.addEventListener('click', () => {
      navigator.clipboard.writeText(JSON.stringify(object)).then(
        () => { button.textContent = 'Copied'; },
        () => { button.textContent = 'The browser did not allow it'; }
      );
    });
    return button;
  }

  const show = (id) => {
    const section = document.getElementById(id);
    section.hidden = false;
    return section;
  };

  // ---- features

  function features() {
    const f = data.features;
    const size = f.name.length;
    const mean = numbers(f.mean);
    const std = numbers(f.std);
    const lows = mean.map((value, i) => value - std[i]);
    const highs = mean.map((value, i) => value + std[i]);
    const scale = scaleOf(lows, highs);
    const section = show('features');
    const has = (i, bit) => Math.floor(f.flags[i] / 2 ** bit) % 2 === 1;
    const chips = data.flags
      .map((flag, bit) => ({
        label: flag.label,
        definition: flag.definition,
        test: (i) => has(i, bit),
        count: f.flags.filter((_, i) => has(i, bit)).length,
      }))
      .filter((chip) => chip.count > 0);
    const { features: all, flagged } = data.totals;

    section.append(element('p', { class: 'lede' },
      flagged === 0
        ? 'None of the ' + plural(all, 'feature') + ' is constant, nearly so, mostly missing or badly conditioned.'
        : wholeNumbers.format(flagged) + ' of ' + plural(all, 'feature') +
          (flagged === 1 ? ' has a flag.' : ' have flags.')));
    const definitions = element('dl');
    data.flags.forEach((flag) =>
      definitions.append(element('dt', {}, flag.label), element('dd', {}, flag.definition)));
    section.append(disclosure('What the flags mean', definitions));
    if (size > 40) {
      section.append(overview(mean, std, scale));
    }

    const whisker = (i) => {
      const cell = element('td', { class: 'chart' });
      if (!Number.isNaN(mean[i])) {
        const zero = scale.place(0) + '%';
        const x = scale.place(mean[i]) + '%';
        cell.append(decoration({ height: 22 },
          line('guide', zero, zero, 0, 22),
          line('whisker', scale.place(lows[i]) + '%', scale.place(highs[i]) + '%', 11, 11),
          drawing('circle', { class: has(i, 1) ? 'hollow' : 'dot', cx: x, cy: 11, r: 4 })));
      }
      return cell;
    };
    const counted = data.counted
      ? [
        { label: 'Count', css: 'number wide', values: numbers(f.count), down: true,
          cell: (i) => wholeCell(f.count[i], 'wide') },
        { label: 'Missing', css: 'number medium', values: numbers(f.missing), down: true,
          cell: (i) => wholeCell(f.missing[i], 'medium') },
      ]
      : [];
    const exact = (i) => ({
      name: f.name[i],
      ...(data.counted ? { count: f.count[i], missing: f.missing[i] } : {}),
      mean: f.mean[i], variance: f.variance[i], std: f.std[i],
      min: extreme(f.min[i], f.mean[i]), max: extreme(f.max[i], f.mean[i]),
    });
    const extremeColumn = (label, values) => ({
      label, css: 'number medium', values: numbers(values), down: true,
      cell: (i) => extremeCell(values[i], f.mean[i], 'medium'),
    });

    list({
      section, noun: 'feature', names: f.name, chips, order: ', in the order of the model',
      caption: 'Statistics of the features' + (scale.logarithmic
        ? '; the chart of mean ± std is logarithmic on both sides of 0' : ''),
      badges: (i) => data.flags.filter((_, bit) => has(i, bit)).map((flag) =>
        flag.measure ? flag.label + ' to ' + brief(f[flag.measure][i]) : flag.label),
      columns: [
        { label: 'Feature', values: f.name },
        ...counted,
        { label: 'Mean', css: 'number', values: mean, down: true, cell: (i) => numberCell(f.mean[i]) },
        { label: 'Std', css: 'number', values: std, down: true, cell: (i) => numberCell(f.std[i]) },
        extremeColumn('Min', f.min),
        extremeColumn('Max', f.max),
        { label: 'Mean ± std' + (scale.logarithmic ? ', log' : ''), css: 'chart', header: axis(scale),
          cell: whisker },
      ],
      details: (i) => [exactList(Object.entries(exact(i))), copyButton(exact(i))],
    });
  }

  // All features at once, side by side: a band from mean - std to mean + std.
  function overview(mean, std, scale) {
    const order = [...mean.keys()].filter((i) => Number.isFinite(mean[i]) && Number.isFinite(std[i]));
    order.sort((a, b) => mean[a] - mean[b]);
    const columns = Math.min(order.length, 600);
    const top = [];
    const bottom = [];
    const middle = [];
    for (let c = 0; c < columns; c++) {
      const from = Math.floor((c * order.length) / columns);
      const to = Math.floor(((c + 1) * order.length) / columns);
      let high = -Infinity;
      let low = Infinity;
      for (let k = from; k < to; k++) {
        high = Math.max(high, mean[order[k]] + std[order[k]]);
        low = Math.min(low, mean[order[k]] - std[order[k]]);
      }
      const y = (value) => (100 - scale.place(value)).toFixed(2);
      top.push(c + ',' + y(high), c + 1 + ',' + y(high));
      bottom.unshift(c + 1 + ',' + y(low), c + ',' + y(low));
      middle.push(c + 0.5 + ',' + y(mean[order[(from + to - 1) >> 1]]));
    }
    const ticks = element('div', { class: 'ticks scale', 'aria-hidden': 'true' });
    const grid = [];
    for (const tick of scale.ticks) {
      const y = 100 - scale.place(tick);
      const label = element('span', {}, brief(tick));
      label.style.top = y + '%';
      ticks.append(label);
      grid.push(line(tick === 0 ? 'zero' : 'guide', 0, columns, y, y));
    }
    const text =
      'Mean ± std of all features, side by side in the order of their means' +
      (scale.logarithmic ? '; logarithmic on both sides of 0' : '');
    return element('figure', { class: 'overview' },
      element('figcaption', {}, text),
      element('div', { class: 'plot' }, ticks,
        drawing('svg', {
          role: 'img', viewBox: '0 0 ' + columns + ' 100', preserveAspectRatio: 'none',
          'aria-label': text + '. The table below has the numbers.',
        },
        drawing('polygon', { class: 'band', points: [...top, ...bottom].join(' ') }),
        ...grid,
        drawing('polyline', { class: 'middle', points: middle.join(' ') }))));
  }

  // ---- histograms

  const quantileNames = ['least', '5%', '25%', 'median', '75%', '95%', 'largest'];

  // The cell of feature i of one side of the sample.
  function histogram(side, i) {
    const cell = element('td', { class: 'chart histogram' });
    const bins = side.bins[i];
    const most = Math.max(...bins);
    if (most === 0) {
      cell.append(element('span', { class: 'none' }, 'no values'));
      return cell;
    }
    const path = bins
      .map((count, k) =>
        count === 0 ? '' : 'M' + k + ' 30v' + -Math.max(1, (28 * count) / most).toFixed(1) + 'h.9V30z')
      .join('');
    const quantiles = side.quantiles[i].map(Number);
    const text = 'Histogram. ' +
      quantiles.map((value, k) => quantileNames[k] + ' ' + brief(value)).join(', ');
    // The outermost bins have what lies beyond them, too.
    const low = (quantiles[0] < side.low[i] ? '≤ ' : '') + brief(side.low[i]);
    const high = (quantiles.at(-1) > side.high[i] ? '≥ ' : '') + brief(side.high[i]);
    cell.append(
      drawing('svg', {
        width: '100%', height: 30, viewBox: '0 0 ' + bins.length + ' 30', preserveAspectRatio: 'none',
        role: 'img', 'aria-label': text,
      },
      line('guide', 0, bins.length, 30, 30),
      drawing('path', { class: 'bins', d: path })),
      element('div', { class: 'ends', 'aria-hidden': 'true' },
        element('span', {}, low), element('span', {}, high)));
    return cell;
  }

  // Of each name the place of its feature in the sample; none of a name that two features have.
  function sampleOf(names) {
    const places = new Map();
    names.forEach((name, i) => places.set(name, places.has(name) ? -1 : i));
    return places;
  }

  // The histogram of feature i of the drift d, and below it the mean ± std of A and B on its scale.
  function overlaid(place, d, i) {
    if (place === undefined || place < 0) {
      return element('td', { class: 'chart histogram' });
    }
    const before = data.sample.before;
    const cell = histogram(before, place);
    const [low, high] = [Number(before.low[place]), Number(before.high[place])];
    if (low < high && Number.isFinite(high - low)) {
      const at = (value) => 100 * Math.max(0, Math.min(1, (value - low) / (high - low))) + '%';
      const spans = ['first', 'second'].flatMap((side, k) => {
        const [mean, std] = [Number(d[side + 'Mean'][i]), Number(d[side + 'Std'][i])];
        return Number.isFinite(mean) && Number.isFinite(std)
          ? [line('whisker' + (k === 0 ? ' of-a' : ''), at(mean - std), at(mean + std), 3 + 7 * k, 3 + 7 * k),
            // A mean beyond the ends has no place on the scale.
            ...(mean < low || mean > high
              ? []
              : [drawing('circle', { class: 'dot' + (k === 0 ? ' of-a' : ''), cx: at(mean), cy: 3 + 7 * k, r: 3 })])]
          : [];
      });
      cell.querySelector('svg')?.after(decoration({ height: 13 }, ...spans));
    }
    return cell;
  }

  // ---- drift

  function drift() {
    const d = data.drift;
    const t = data.totals;
    const size = d.name.length;
    const section = show('drift');
    const difference = numbers(d.difference);
    const ratio = numbers(d.ratio);
    const chips = [
      { label: 'mean moved', bit: 0 },
      { label: 'spread changed', bit: 1 },
      { label: 'values on one side only', bit: 2 },
      { label: 'beyond the range', bit: 3 },
    ].map(({ label, bit }) => {
      const test = (i) => Math.floor(d.flags[i] / 2 ** bit) % 2 === 1;
      return { label, test, count: d.flags.filter((_, i) => test(i)).length };
    });

    section.append(
      element('p', { class: 'lede' },
        'From A, ', element('bdi', { class: 'strong' }, d.first),
        ', to B, ', element('bdi', { class: 'strong' }, d.second),
        '. Of ' + plural(t.compared, 'feature') + ' in both, the means of ' + orNone(t.moved) +
        ' moved by more than 0.1 standard deviations; the variances of ' + orNone(t.spreadChanged) +
        ' more than doubled or halved; in ' + orNone(t.beyondRange) +
        ' of them B has values beyond the range of A.' +
        (t.unknownRange > 0 ? ' The range of ' + plural(t.unknownRange, 'feature') + ' is unknown.' : '')),
      disclosure('How drift is measured', element('dl', {},
        element('dt', {}, 'Difference'),
        element('dd', {}, 'The standardized mean difference, (mean B − mean A) / √((variance A + variance B) / 2) ' +
          '(Cohen 1988, eq. 2.3.2). Beyond ±0.1 it is taken to matter (Austin 2009). ±∞: both are constant, ' +
          'and differ.'),
        element('dt', {}, 'Variance ratio'),
        element('dd', {}, 'variance B / variance A. Outside ½ to 2 it is taken for too far from 1 (Rubin 2001). ' +
          '∞: constant in A alone; 0: constant in B alone; –: constant in both, no values, or values ' +
          'beyond what doubles can measure.'),
        element('dt', {}, 'Range'),
        element('dd', {}, 'From the least to the greatest value. Beyond the range: B has values below the least ' +
          'or above the greatest of A. Unknown: a model that was subtracted from, imported, or saved by an ' +
          'older version.'))));
    for (const [some, all, side, other] of [
      [d.onlyFirst, t.onlyFirst, 'A', 'B'], [d.onlySecond, t.onlySecond, 'B', 'A'],
    ]) {
      if (all > 0) {
        const names = element('ul');
        // One by one: a call has no room for very many.
        some.forEach((name) => names.append(element('li', {}, element('bdi', {}, visible(name)))));
        section.append(disclosure(
          plural(all, 'feature') + ' of ' + side + ' that ' + other + ' does not have' +
            (some.length < all ? ', the first ' + wholeNumbers.format(some.length) : ''),
          names));
      }
    }
    if (size === 0) {
      section.append(element('p', { class: 'lede' }, 'The two have no feature of the same name.'));
      return;
    }

    const finite = (values) => values.filter(Number.isFinite).map(Math.abs);
    const farthest = Math.min(3, Math.max(0.25, ...[...finite(difference)].slice(0, PAGE)));
    const logs = ratio.map(Math.log2);
    const widest = Math.min(6, Math.max(1.5, ...[...finite(logs)].slice(0, PAGE)));

    // A bar from the middle, cut off where it would leave the cell; guides at the bounds.
    const measure = (value, text, at, reach, guide, large) => {
      const cell = element('td', { class: 'measure' });
      const row = element('div', { class: 'measure-row' },
        element('span', { class: large ? 'strong' : '', title: String(value) }, text));
      if (Number.isNaN(at)) {
        row.firstChild.classList.add('none');
      } else {
        const place = (x) => 50 + 48 * Math.max(-1, Math.min(1, x / reach));
        const end = place(at);
        row.append(decoration({ height: 22 },
          line('guide', place(-guide) + '%', place(-guide) + '%', 0, 22),
          line('guide', place(guide) + '%', place(guide) + '%', 0, 22),
          drawing('rect', {
            class: 'bar' + (large ? ' large' : ''), y: 6, height: 10,
            x: Math.min(50, end) + '%', width: Math.abs(end - 50) + '%',
          }),
          line('zero', '50%', '50%', 2, 20)));
      }
      cell.append(row);
      return cell;
    };
    const exact = (i) => ({
      name: d.name[i], difference: d.difference[i], varianceRatio: d.ratio[i],
      meanA: d.firstMean[i], meanB: d.secondMean[i], stdA: d.firstStd[i], stdB: d.secondStd[i],
      minA: extreme(d.firstMin[i], d.firstMean[i]), maxA: extreme(d.firstMax[i], d.firstMean[i]),
      minB: extreme(d.secondMin[i], d.secondMean[i]), maxB: extreme(d.secondMax[i], d.secondMean[i]),
      // Of statistics that were given nothing is known to be missing.
      ...(d.firstMissing[i] < 0 ? {} : { missingA: d.firstMissing[i] }),
      ...(d.secondMissing[i] < 0 ? {} : { missingB: d.secondMissing[i] }),
    });
    const sampled = data.sample ? sampleOf(data.features.name) : null;
    const mean = (side, label) => ({
      label: 'Mean ' + label, css: 'number wide', values: numbers(d[side + 'Mean']), down: true,
      cell: (i) => numberCell(d[side + 'Mean'][i], 'wide'),
    });
    const std = (side, label) => ({
      label: 'Std ' + label, css: 'number wide', values: numbers(d[side + 'Std']), down: true,
      cell: (i) => numberCell(d[side + 'Std'][i], 'wide'),
    });
    const range = (side, i) => {
      const [min, max, of] = [d[side + 'Min'][i], d[side + 'Max'][i], d[side + 'Mean'][i]];
      return isUnknown(min, of) ? 'unknown' : Number.isNaN(Number(min)) ? '–' : brief(min) + ' to ' + brief(max);
    };
    const ranges = (i) => element('td', { class: 'number wide range' },
      element('div', {}, range('first', i)),
      element('div', { class: chips[3].test(i) ? 'strong' : '' }, range('second', i)));
    // The details have what a histogram takes the room of.
    const stds = (side, label) => (sampled ? [] : [std(side, label)]);

    list({
      section, noun: 'feature', names: d.name, chips: chips.filter((chip) => chip.count > 0),
      order: ', the largest difference first',
      caption: 'Drift of the features from A to B',
      badges: (i) => chips.slice(2).filter((chip) => chip.test(i)).map((chip) => chip.label),
      columns: [
        { label: 'Feature', values: d.name },
        ...(sampled
          ? [{ label: 'Sample, and below it mean ± std of A and of B', css: 'chart histogram',
            cell: (i) => overlaid(sampled.get(d.name[i]), d, i) }]
          : []),
        mean('first', 'A'),
        mean('second', 'B'),
        { label: 'Difference', css: 'measure', values: difference.map(Math.abs), down: true,
          cell: (i) => measure(d.difference[i], signed(d.difference[i]), difference[i], farthest, 0.1, chips[0].test(i)) },
        ...stds('first', 'A'),
        ...stds('second', 'B'),
        { label: 'Range of A, of B', css: 'number wide range', cell: ranges },
        { label: 'Variance ratio', css: 'measure', values: logs.map(Math.abs), down: true,
          cell: (i) => measure(d.ratio[i], roughly(d.ratio[i]), logs[i], widest, 1, chips[1].test(i)) },
      ],
      details: (i) => [exactList(Object.entries(exact(i))), copyButton(exact(i))],
    });
  }

  // ---- sample

  function sample() {
    const s = data.sample;
    const names = data.features.name;
    const section = show('sample');
    section.append(element('p', { class: 'lede' },
      'A random sample of ' + plural(s.rows, 'row') + ' of the data as they are, and as the model normalizes them.'));

    const median = (side) => Float64Array.from(s[side].quantiles, (q) => (q.length ? Number(q[3]) : NaN));
    const drawn = (side) => (i) => histogram(s[side], i);
    const medianCell = (side) => (i) =>
      numberCell(s[side].quantiles[i].length ? s[side].quantiles[i][3] : NaN, 'wide');

    const beforeAfter = (caption, heads, before, after) => element('table', { class: 'small' },
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, element('td'),
        element('th', { scope: 'col' }, 'before'), element('th', { scope: 'col' }, 'after'))),
      element('tbody', {}, ...heads.map((text, k) => element('tr', {},
        element('th', { scope: 'row' }, text), numberCell(before[k]), numberCell(after[k])))));

    list({
      section, noun: 'feature', names, chips: [], order: ', in the order of the model',
      caption: 'Distribution of the features in the sample, before and after',
      badges: () => [],
      columns: [
        { label: 'Feature', values: names },
        { label: 'Before', css: 'chart histogram', cell: drawn('before') },
        { label: 'Median before', css: 'number wide', values: median('before'), down: true,
          cell: medianCell('before') },
        { label: 'After', css: 'chart histogram', cell: drawn('after') },
        { label: 'Median after', css: 'number wide', values: median('after'), down: true,
          cell: medianCell('after') },
      ],
      details: (i) => [
        exactList([
          ['name', names[i]],
          ['missing or infinite before', s.before.others[i] + ' of ' + s.rows],
          ['missing or infinite after', s.after.others[i] + ' of ' + s.rows],
        ]),
        element('div', { class: 'pair' },
          beforeAfter('Quantiles', s.before.quantiles[i].length ? quantileNames : [],
            s.before.quantiles[i], s.after.quantiles[i]),
          beforeAfter('Rows of the sample', s.firstBefore[i].map((_, k) => 'row ' + (k + 1)),
            s.firstBefore[i], s.firstAfter[i])),
      ],
    });
  }

  const parts = [
    ['drift', 'Drift', drift, data.drift],
    ['features', 'Features', features, true],
    ['sample', 'Before and after', sample, data.sample],
  ].filter((part) => part[3]);
  parts.forEach((part) => part[2]());
  if (parts.length > 1) {
    document.querySelector('nav').hidden = false;
    document.getElementById('sections').append(...parts.map(([id, title]) =>
      element('li', {}, element('a', { href: '#' + id }, title))));
  }
})();
