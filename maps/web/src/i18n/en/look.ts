import type zh from '../zh-CN/look'

const en: typeof zh = {
  search: {
    open: 'Search', openKeys: 'Search (Ctrl+K or /)', title: 'Search', placeholder: 'Name, code, pinyin, person, phone, coordinates', clear: 'Clear',
    close: 'Close search', recent: 'Recent searches', forget: 'Clear', hintTitle: 'Ways to find things',
    hint: 'a name or part of one, pinyin (puxian), initials (px), a code, a person, a phone, “111.09,36.41” or degrees, minutes, seconds',
    reading: 'Searching…', none: 'Nothing found for “{text}”', noneHint: 'Use fewer letters, pinyin initials or a code; coordinates as “longitude,latitude”.',
    failed: 'The search did not succeed', retry: 'Try again', places: 'Coordinates', total: '{n} in all', more: 'List more ({n})', found: '{n} found',
    results: 'Search results', elsewhere: 'Nothing in this county; these lie in others.', atLeast: '{n} or more',
    now: 'Search reads the data of now, not of the past moment.', keysMove: 'choose', keysGo: 'go there', keysClose: 'close',
    exercise: 'Exercise', away: 'from the middle of the map',
    matched: { name: 'name', code: 'code', latin: 'pinyin', alias: 'alias', person: 'person', phone: 'phone' },
  },
  duty: {
    call: 'Call', callWho: 'Call {label} {person} at {phone}', none: 'Not given', noPhone: 'no phone', unnamed: '(no name)',
    noRight: 'Your role does not see phones.',
  },
  near: {
    title: 'Near', radius: 'Within', metres: '{n} m', kilometres: '{n} km', reading: 'Looking around…', none: 'Nothing else within {radius}',
    noneHint: 'Choose a wider circle.', failed: 'What is near could not be read', retry: 'Try again', nearest: 'Nearest {n} of {total}', at: 'to the {way}',
    now: 'Near reads the data of now, not of the past moment.', count: '{n} within {radius}',
  },
  inspect: { facts: 'Facts', near: 'Near', history: 'History', tabs: 'Sides of the object' },
  history: {
    reading: 'Reading history…', failed: 'History could not be read', retry: 'Try again', insert: 'Created', update: 'Changed', delete: 'Deleted', restored: 'Version {n} restored',
    version: 'Version {n}', newest: 'now', by: '{by} · {age}', moved: 'Moved by {distance}', reshaped: 'Shape changed', empty: 'not given',
    show: 'Draw the former shape', hide: 'Hide the former shape', same: 'No visible change (restricted facts may have changed)', created: 'First entry', removed: 'Not on the register from here on',
    restore: 'Restore this version', restoreSure: 'Make version {n} the newest again? All versions are kept.', yes: 'Restore', no: 'Cancel', restoring: 'Restoring…',
    conflict: 'Somebody has just changed this object. History has been read again; look before you decide.', refused: 'Not restored', lookBack: 'Whole screen at this moment', hiddenNote: 'Changes of phones and other restricted facts are not listed.',
    before: 'Before', after: 'After',
  },
  past: {
    open: 'Past moment', banner: 'Past moment {time}', ago: '{age}', back: 'Back to now', readOnly: 'Read only', close: 'Close timeline',
    slider: 'Moment', bar: 'Timeline', reading: 'Reading changes…', failed: 'Changes could not be read', retry: 'Try again', none: 'No changes in this time',
    span: 'Span', day: 'Last day', week: 'Last week', month: 'Last month', all: 'All', earlier: 'Change before', later: 'Change after',
    changes: 'Changes around this moment', insert: 'Created', update: 'Changed', delete: 'Deleted', count: '{n} changes', now: 'now', compare: 'Compare with now',
    many: '{layer} and others, {n}', bucket: '{from} to {to}: {n}', esc: 'Esc: back to now', list: 'List of changes', rows: '{n} objects', countsFailed: 'Counts could not be read; they are those of now',
  },
  compare: {
    open: 'Compare two moments', title: 'Compare', then: 'Then {time}', now: 'Now', close: 'Leave comparison', moment: 'Moment to compare', list: 'Changes between',
    none: 'No changes between the two moments', reading: 'Reading changes…', failed: 'Changes could not be read', layersOnly: 'Of layers switched on only', empty: 'At this moment nothing of the layers switched on is in view',
    first: 'Latest {n} only', leftLabel: 'Map then', rightLabel: 'Map now', count: '{n} changes',
  },
  views: {
    open: 'Views and sharing', title: 'Views', save: 'Save this screen', name: 'Name of the view', nameHint: 'e.g. Flood season duty', shared: 'Everybody may open it', keep: 'Save', mine: 'Mine',
    others: 'Shared by others', none: 'No saved views yet', noneHint: 'Keep layers, place and object you often need; one click brings them back.', copy: 'Copy link', copied: 'Copied',
    copyHand: 'The browser does not let this page copy; copy by hand:', rename: 'Rename', remove: 'Delete', removed: '“{name}” deleted', undo: 'Undo', reading: 'Reading views…',
    failed: 'Views could not be read', refused: 'Not saved', retry: 'Try again', saved: '“{name}” saved', by: '{owner} · {age}', done: 'Done', cancel: 'Cancel',
    needName: 'Enter a name', share: 'Share with everybody', unshare: 'Stop sharing', close: 'Close', menu: 'What to do with “{name}”',
  },
  link: {
    title: 'Part of this link cannot be opened; the rest is shown', layers: 'No such layer, or not yours to see: {names}', county: 'No data of this county: {code}',
    asOf: 'Not a moment: {text}; showing now', compare: 'Not a moment to compare: {text}', close: 'Close', deleted: 'This object is no longer on the register. Its history:',
  },
}

export default en
