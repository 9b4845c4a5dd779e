import type zh from './zh-CN'

const en: typeof zh = {
  app: { name: 'Anlan', line: 'The county on one emergency map', skip: 'Skip to the map' },
  room: { map: 'Map', analysis: 'Analysis', township: 'Township', data: 'Data', system: 'System' },
  signIn: {
    title: 'Sign in', user: 'User name', password: 'Password', submit: 'Sign in', busy: 'Signing in…', show: 'Show password',
    hide: 'Hide password', needUser: 'Enter a user name', needPassword: 'Enter a password',
    wrong: 'User name or password is wrong', newTitle: 'Choose a new password', newGo: 'Save and go on', locked: 'Signing in is paused', retryIn: 'Try again in {time}',
    unreachable: 'The server does not answer. Check the network or call the duty officer.',
    help: 'First users and passwords are in var/credentials.json on the server. Lost yours? Ask your administrator.',
  },
  screen: { language: 'Language', theme: 'Theme', light: 'Light', dark: 'Dark', system: 'As system', zh: '中文', en: 'English' },
  top: {
    county: 'County', live: 'Live', offline: 'Offline', exercise: 'Exercise data', dataRead: 'Data {age}',
    dataAt: 'Data read at {time}', user: 'User {name}', signOut: 'Sign out', keys: 'Keyboard', print: 'Print map', rooms: 'Rooms',
  },
  role: {
    viewer: 'Viewer', village: 'Village', township: 'Township', bureau: 'Bureau', duty: 'Duty officer', commander: 'Commander',
    director: 'Drill director', admin: 'Administrator',
  },
  group: {
    hazards: 'Geological hazards', flood: 'Flood', industry: 'Mines and chemicals', forest: 'Forest fire',
    resources: 'Teams and supplies', people: 'People and sites', places: 'Areas and villages', roads: 'Roads',
  },
  layers: {
    title: 'Layers', filter: 'Filter layers', filterHint: 'Name or glyph; press F', count: '{n}', inView: '{n}',
    total: '{n} in all', none: 'No layer has “{text}” in its name', groupAll: 'Switch on all of “{group}”',
    groupNone: 'Switch off all of “{group}”', clear: 'All off', base: 'Base map',
    baseHint: 'Relief, water, roads, borders, names', legend: 'Legend', showLegend: 'Show legend', empty: 'No data yet',
    failed: 'The list of layers could not be read', retry: 'Try again', on: '{n} layer on | {n} layers on', exercise: 'exercise',
    tileFailed: 'Some tiles could not be read', loading: 'Reading layers', collapse: 'Hide panel', expand: 'Show panel',
    expandAll: 'All legends', unknownClass: 'Not given', ringNote: 'Ring and fill show the grade: filled is worst.',
    hatchNote: 'Hatching marks high grades.',
  },
  objects: {
    title: 'In view', drawn: 'Objects shown: {n}', empty: 'Nothing of the layers switched on is in view',
    emptyHint: 'Switch on a layer, or move or zoom out.', more: 'First {n} only; zoom in for the others',
    cell: '{n} objects; zoom in to see them', table: 'Objects on the map', layer: 'Layer', name: 'Name', state: 'Class',
  },
  map: {
    label: 'Map', zoomIn: 'Zoom in', zoomOut: 'Zoom out', fit: 'Whole county', north: 'N', loading: 'Reading the map…',
    pointer: 'Longitude, latitude (CGCS2000)', metres: '{n} m', kilometres: '{n} km', sources: 'Sources',
    watermark: 'EXERCISE DATA, NOT REAL', offline: 'Cut off from the server. What you see was read {age}; it updates by itself.',
    failed: 'Not fully read: {layers}', retry: 'Try again', emptyTitle: 'No layer is on',
    emptyHint: 'Switch on what you need under “Layers”.', noCounty: 'No county yet',
    noCountyHint: 'An administrator loads one: ./anlan county add FOLDER', zoomLevel: 'Zoom {n}', toMap: 'Map',
  },
  popup: { open: 'Open', close: 'Close', zoomTo: 'Zoom to', reading: 'Reading…' },
  inspector: {
    title: 'Object', facts: 'Facts', duty: 'People in charge', place: 'Place', origin: 'Source and version', empty: 'Not given',
    more: '{n} more not given', less: 'Hide what is not given', logged: 'Looking at phones and other restricted facts is logged.',
    hidden: 'Phones and other restricted facts need the right to see them.', version: 'Version {n}', updated: '{time} by {by}',
    id: 'Id', coordinates: 'Longitude, latitude', copy: 'Copy coordinates', copied: 'Copied', close: 'Close object',
    notFound: 'There is no such object; it may have been deleted.', failed: 'The object could not be read', retry: 'Try again',
    exercise: 'Exercise data: this object is invented', zoomTo: 'Show on the map', needed: 'Needed, not given', link: 'Copy link',
  },
  keys: {
    title: 'Keyboard', arrows: 'Move the map (click it first)', zoom: 'Zoom in, out', fit: 'Whole county', filter: 'Filter layers',
    escape: 'One step back: popup, object, past moment', help: 'This page', panel: 'Hide or show the left panel', close: 'Close',
  },
  sheet: { height: 'Panel height', peek: 'low', half: 'half', full: 'high', handle: 'Panel height: {now}. Press for the next' },
  print: {
    title: '{county}: map', printed: 'Printed {time}', data: 'Data of {time}',
    crs: 'CGCS2000 (EPSG:4490), drawn in Web Mercator', internal: 'Internal', exercise: '[EXERCISE] ', legend: 'Legend',
  },
  error: {
    unreachable: 'The server does not answer', unreachableHint: 'Check the network, or that the server is running.',
    retry: 'Try again', unknown: 'Something went wrong', unknownHint: 'Try again; if it stays, tell the administrator:',
  },
  time: { seconds: '{n} s', minutes: '{n} min' },
}

export default en
