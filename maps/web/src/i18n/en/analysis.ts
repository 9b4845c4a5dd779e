import type zh from '../zh-CN/analysis'

const en: typeof zh = {
  analysis: {
    all: 'All analyses', reading: 'Reading…', filed: 'Made and kept', noneFiled: 'No analysis has been made yet.', kept: 'seen by all', rows: '{n} rows',
    group: { roads: 'Roads and reach', cover: 'Cut off and cover', allocation: 'Moving and dispatch', areas: 'Areas and exposure', terrain: 'Terrain' },
    run: 'Run', correct: 'Correct the inputs that are marked.', reset: 'Clear', cancel: 'Cancel', cancelled: 'Cancelled; there is no answer.', progress: 'Progress', further: 'More parameters ({n})', validity: 'Valid: ', source: 'Method: ',
    needed: 'needed', unset: 'left empty', any: 'any', list: 'parted by commas', placeHint: 'Name or coordinates', noPlace: 'No such name or coordinates found.', offered: 'Possible places', anotherRow: 'Another line', itemCode: '7-digit item code', amount: 'Quantity', pick: 'Pick on map', draw: 'Draw area', useChosen: 'Use chosen object', useLayer: 'Use a layer…',
    another: 'Another: {label}', remove: 'Take away', removeJob: 'Remove {name}', layer: 'Layer', chooseLayer: 'Choose a layer', filter: 'Filter', filterHint: 'filter (CQL2), may be empty', add: 'Add', drawn: 'Area drawn ({n} points)',
    between: '{least} to {most}', atLeast: '{least} or more', atMost: '{most} or less',
    certifiedFree: 'Checked: there is no closed area to keep out of.', certified: 'Checked: the way keeps out of every closed area ({n}).', notCertified: 'Not clear: the way meets closed areas ({n} checked).', clearance: 'Nearest {m} m.',
    this: 'This', other: 'Other', change: 'Change', openList: 'Open the list', showAll: 'Show all', again: 'Change and run again', keep: 'Keep…', unkeep: 'No longer shared', keepForAll: 'Keep for all', name: 'Name', compare: 'Compare', none: 'nothing',
    share: 'Copy link', copied: 'Link copied; colleagues can open it.', copiedOwn: 'Link copied. Colleagues can open it once it is kept for all.', notCopied: 'Not copied: copy it from the address bar.', toBriefing: 'Add to briefing', inBriefing: 'In the briefing', print: 'Print', removeThis: 'Delete', open: 'Open', openObject: 'Open {name} ({layer})',
    part: { choose: 'Choose', filed: 'Made', standing: 'Watched', briefing: 'Briefing' }, briefing: 'Briefing', briefingEmpty: 'Nothing in the briefing yet. Open an answer and press “Add to briefing”.', briefingGet: 'Download briefing', briefingHint: 'The page brings its maps, figures and lists, and opens without a network.', raise: 'Move up {name}',
    chart: 'Chart', noRows: 'Nothing fits.', firstRows: 'The first {n} of {total} rows; exports have all.', export: 'Export', howMade: 'How it was made',
    madeAt: 'Made at', seconds: 'in {n} s', county: 'County', inputs: 'Inputs', layers: 'Layers', layerRead: '{layer}: version {version}, {rows} rows', roads: 'Roads', roadsRead: 'version {version}, graph {graph}',
    terrain: 'Elevation', limits: 'Limits', method: 'Method', reliedOn: 'Valid', program: 'Program',
  },
  here: {
    title: 'What is here', close: 'Close', spot: 'Here', place: 'This place', reading: 'Looking for the nearest team, the ground, who is responsible…', failed: 'Not found: {why}', again: 'Look again',
    routeTo: 'Route to here', analyse: 'Analyse from here…', nearest: 'Nearest and responsible', nearestOf: 'Nearest: {layer}', minutes: '{n} min', km: '{n} km',
    elevation: 'Elevation', slope: 'Slope', aspect: 'Aspect', aboveStream: 'Over stream', sectors: ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'],
  },
}
export default en
