import type zh from '../zh-CN/tools'

const en: typeof zh = {
  tools: {
    title: 'Map tools', open: 'Open tools', close: 'Fold tools', key: '{name} (press {key})', leave: 'Leave the tool', clear: 'Clear', undo: 'Undo point', finish: 'Finish',
    again: 'Draw again', copy: 'Copy', copied: 'Copied', copyFailed: 'The browser does not allow copying',
    length: 'Measure length', area: 'Measure area', profile: 'Profile along a line', box: 'Select in a box', circle: 'Select in a circle',
    polygon: 'Select in a polygon', township: 'Select a township', base: 'Base map and grid',
    hintTouch: {
      line: 'Tap point after point, then Finish.', ring: 'Tap round the area, three points or more, then Finish.',
      pair: 'Drag, or tap twice; for a circle tap the middle and type the radius.', spot: 'Tap a township on the map, or choose it below.', pin: 'Tap the place on the map.',
    },
    hint: {
      line: 'Click point after point; double click or Enter finishes, Backspace undoes, Esc leaves.',
      ring: 'Click round the area, three points or more; double click or Enter finishes, Esc leaves.',
      pair: 'Drag, or click twice; Esc leaves.', spot: 'Click a township on the map, or choose it below.', pin: 'Click the place on the map; Esc cancels.',
    },
  },
  measure: {
    total: 'Total', legs: 'Legs', leg: 'Leg {n}', area: 'Area', perimeter: 'Perimeter', metres: '{n} m', kilometres: '{n} km',
    squareMetres: '{n} m²', squareKilometres: '{n} km²', mu: '{n} mu', none: 'No points yet',
    basis: 'On the ellipsoid of CGCS2000, not on the screen.',
  },
  profile: {
    title: 'Profile', up: 'Up', down: 'Down', min: 'Lowest', max: 'Highest', length: 'Length', unknown: 'This line lies outside the elevation model',
    reading: 'Reading heights…', failed: 'The profile could not be read', retry: 'Try again', source: 'Heights: {source}', at: '{distance} from the start, {elevation} high',
    chart: 'Profile chart. Arrow keys move along the line.', noDem: 'This county has no elevation model, so there is no profile.',
  },
  inside: {
    title: 'Who and what is inside', reading: 'Counting…', failed: 'Could not be counted', retry: 'Try again', nothing: 'Nothing lies inside', area: 'Area {area}', radius: 'Radius (m)',
    township: 'Township', choose: 'Choose a township', all: 'All {n}', count: '{n}', exercise: '{n} of them exercise', byTownship: 'By township', list: 'List', back: 'Back to totals',
    capped: 'The list holds the first {n}; totals count all {total}.', exportAs: 'Export', open: 'List {n} of “{layer}”', openTownship: 'List {n} of “{layer}” in {township}',
    objects: '{n} objects', sums: 'Totals', unplaced: 'No township given', noneListed: 'None of the first {n} is in this township; draw a smaller area.', overlap: 'From different layers; they overlap and must not be added up.',
  },
  base: {
    title: 'Base map', auto: 'As the console', light: 'Light', dark: 'Dark', terrain: 'Terrain (relief, contours)', none: 'None', vector: 'Tianditu vector', imagery: 'Tianditu imagery',
    grid: 'Kilometre grid ({name})', contours: 'contours', foreignFails: 'Tianditu does not answer; the own base map stays. Check the way to the internet and the key.', own: 'Own base map', tianditu: 'Tianditu', tiandituBy: '© National Platform for Common Geospatial Information, www.tianditu.gov.cn', contoursNone: 'This county has no elevation model: no relief and no contours.',
  },
  pointer: {
    system: 'Coordinates', degrees: 'CGCS2000 degrees', dms: 'CGCS2000 deg min sec', gk: 'Gauss-Krüger 3° zone', utm: 'Transverse Mercator (m)', gcj02: 'GCJ-02 (±5 m)',
    copy: 'Copy coordinates under the pointer (press C)', empty: 'Move the pointer over the map', copied: 'Copied {text}', gcjNote: 'GCJ-02 by the published formula, within about 5 m of what map services draw.',
    elevation: '{n} m high', slope: 'slope {n}°', elevationOf: 'Heights: {source}', short: { degrees: 'deg', dms: 'DMS', gk: 'GK', gcj02: 'GCJ-02' },
  },
  order: {
    title: 'On the map', note: 'The upper is drawn over the lower; areas under lines, lines under points.', handle: '{layer}: drag to reorder, or press up and down', opacity: 'Opacity of {layer}', opacityValue: '{n}%',
    off: 'Switch off {layer}', reset: 'Usual order', moved: '{layer} moved to place {n}', fold: 'Order and opacity',
  },
  groups: {
    title: 'Layer groups', choose: 'Open a group…', none: 'No saved groups yet', name: 'Name', save: 'Save current', shared: 'For everybody', remove: 'Delete', removeSure: 'Delete “{name}”? Press again',
    saved: 'Saved “{name}”', removed: 'Deleted “{name}”', failed: 'Did not work: {why}', opened: 'Opened “{name}”', by: '{name} ({owner})', unreachable: 'The server does not answer',
    unknownLayers: '{n} layers of the group do not exist now',
  },
  toolKeys: { tools: 'Measure length, area, profile', select: 'What is inside a box, circle, polygon, township', base: 'Base map and grid', copy: 'Copy coordinates under the pointer', edit: 'Finish; undo a point' },
}

export default en
