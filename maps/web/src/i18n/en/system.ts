/** The system room and a person's own account. */
export default {
  system: {
    pages: 'Pages of the system room', reading: 'Reading…', acts: 'Actions', edit: 'Edit', save: 'Save', saving: 'Saving…', cancel: 'Cancel', yes: 'Yes', no: 'No',
    notAllowed: 'This page is for the administrator', notAllowedHint: 'The other pages work as always; if you need it, ask your administrator.',
    noPage: 'There is no such page', noPageHint: 'Choose one from the list.', more: 'Read older ones', all: 'All', find: 'Search', refresh: 'Read again', list: 'List', onMap: 'On the map',
    tab: {
      users: 'Users', 'sign-ins': 'Sign-ins', layers: 'Health of layers', packs: 'County packs', thresholds: 'Thresholds', audit: 'Audit', state: 'Backup and server',
      account: 'My password', help: 'Version and help',
    },
    users: {
      about: 'Who may do what: the role says what, the scope says where. A change of rights asks the person to sign in again.', add: 'New user', change: 'Change user {name}', find: 'Filter by name, user name, role',
      count: '{n} of {total} people', who: 'User', role: 'Role', scope: 'Scope', state: 'State', lastSeen: 'Last sign-in', everywhere: 'Everywhere',
      disabled: 'Disabled', locked: 'Locked until {time}', mustChange: 'First password not changed yet', ok: 'In order', never: 'Never signed in',
      devices: 'No device signed in | {n} device signed in | {n} devices signed in', none: 'No user matches “{text}”', reset: 'New password', unlock: 'Unlock', enable: 'Enable', disable: 'Disable',
      sureReset: 'The old password stops working and all sign-ins end?', sureDisable: 'Disable and sign out at once?', username: 'User name', usernameRule: 'Begins with a small letter or digit; . _ - allowed; at most 63 characters; cannot be changed later.',
      name: 'Name or post', nameRule: 'A post is better, such as “Duty lead” or a township; at most 60 characters.', nameNeeded: 'Fill in a name or post.', scopeRule: 'Statistical code: county 6 digits, township 9, village 12; only an administrator may leave it empty (everywhere).',
      scopeMissing: 'Fill in a code; only an administrator may leave it empty.', scopeNeeded: 'Township and village users need a code of 9 or 12 digits.', bureau: 'Bureau', noBureau: 'None', bureauRule: 'A bureau user changes only the layers of that bureau.', bureauNeeded: 'The role of a bureau needs one.',
      changeHint: 'After a change of role, scope or bureau the person signs in again.',
      roleMay: {
        viewer: 'Looks only.', village: 'Sees the county, changes data of the village.', township: 'Sees the county, changes data of the township.', bureau: 'Sees the county, changes and verifies the layers of the bureau.', duty: 'Duty: sees the county and telephones, enters data.',
        commander: 'Command: sees the county and telephones.', director: 'Directs drills: changes exercise data only.', admin: 'Administrator: users, thresholds and all data.',
      },
    },
    once: {
      title: 'New password of {name}', copy: 'Copy the password', copied: 'Copied', about: 'Shown this once: tell the person face to face or by telephone. It must be changed at the first sign-in.', byHand: 'The browser does not let us copy; select the password and copy it by hand.',
      shownBefore: 'This password was shown already and is not shown again. If nobody wrote it down, make another one.', close: 'Told, put away',
    },
    signIns: {
      failures: '{n} wrong passwords in 24 hours',
      about: 'Successes, failures, locks and sign-outs, the latest first.', at: 'Time', who: 'User', what: 'Result', from: 'From', none: 'No sign-in fits', user: 'User name', since: 'Since',
      wrongOnly: 'Failures and locks only', account: 'Account', unknownUser: 'No such user',
    },
    audit: {
      about: 'Who changed what and when, and who looked at restricted facts. An object opens on the map with its history.', who: 'Who', what: 'What', layer: 'Layer', object: 'Object', since: 'Since',
      at: 'Time', from: 'From', none: 'No entry fits', noneHint: 'Ask for less and look again.', fields: 'Fields: {fields}', object1: '{layer} {id}', version: 'Version {n}', count: '{n} entries read',
      list: 'A whole list', more: 'Details',
    },
    action: {
      insert: 'Created', update: 'Changed', delete: 'Deleted', restore: 'Restored an old version', sign_in: 'Signed in', sign_in_failed: 'Sign-in failed', lock: 'Account locked', sign_out: 'Signed out',
      token_reuse: 'A token was used twice; signed out everywhere', password: 'Changed the password', user: 'Managed a user', look: 'Looked at restricted facts', export: 'Exported', threshold: 'Changed a threshold', bulk: 'Changed many', refresh: 'Renewed a sign-in',
      command: 'Command line', county: 'Loaded a county', search: 'Searched restricted facts', view: 'View',
    },
    thresholds: {
      valid: 'Valid',
      about: 'The numbers the system goes by. Each has a basis and days it holds; old values are kept.', what: 'Threshold', value: 'Value', basis: 'Basis', from: 'From', by: 'by {by}', edit: 'Change', previous: 'Earlier values',
      upcoming: 'Coming', until: '{from} to {to}', since: 'from {from} on', newValue: 'New value', between: '{least} to {most}', atLeast: 'At least {least}', atMost: 'At most {most}',
      basisRule: 'The clause of a standard, or number and date of a decision; at least 4 characters.', fromRule: 'First day of the new value; the old one holds until the day before.', validFrom: 'Valid from', preview: 'What it will say', now: 'Now', then: 'Then',
      notNumber: 'Fill in a number.', outside: 'Out of the range allowed.', needBasis: 'Fill in the basis.', nothingNew: 'The same as now: nothing to change.', kept: 'Saved: {sentence}', none: 'There are no thresholds', past: 'The first day cannot be in the past.',
    },
    health: {
      uncountedWhy: 'Restricted facts: only the administrator can count them.', unlisted: 'Restricted facts: cannot be listed.', items: '{n} finding | {n} findings',
      about: 'How much each layer holds, how old it is, what it lacks. A number opens its list.', layer: 'Layer', rows: 'Rows', exercise: 'Exercise', changed: 'Last change', pending: 'To verify', incomplete: 'Lacks needed facts', doubtful: 'Doubtful', none: 'There are no layers',
      never: 'Never changed', fine: 'Complete', uncounted: 'Not countable', detail: 'Gaps and doubts', lacks: 'No “{field}”', only: 'Only with findings', bureau: 'Verified by', empty: 'No data', count: '{n} layers, {rows} rows',
    },
    packs: {
      invented: 'exercise data for now',
      about: 'What is loaded for each county, where it comes from, and what is still missing.', loaded: 'Loaded {time}', sources: 'Sources', lacks: 'Still missing', complete: 'Nothing missing', has: 'There', none: 'No county pack yet', noneHint: 'Ask the administrator to load one: ./anlan county add FOLDER',
      dem: 'Elevation', exercise: 'Exercise ground', real: 'Real data', licence: 'Licence', rows: '{n} rows', townships: '{n} townships',
    },
    state: {
      folder: 'Backups lie in var/{folder}; copies kept elsewhere are not seen here.', connections: '{n} connections', rowCount: 'Rows', table: 'Table',
      about: 'Service, database, backups and disk as they are.', service: 'Service', version: 'Version', uptime: 'Running for', workers: 'Worker processes', database: 'Database', size: 'Size', backups: 'Backups', noBackup: 'There is no backup yet',
      noBackupHint: 'Set up a daily backup: deploy/backup.sh', backupOf: 'Latest: {age}', disk: 'Disk', free: '{free} free of {total}', file: 'File', made: 'Time', full: 'Disk nearly full', largest: 'Largest tables', old: 'The latest is older than {hours} hours', rows: 'about {n} rows',
    },
    account: {
      about: 'A new password ends every other sign-in of yours; this one stays.', current: 'Password now', next: 'New password', again: 'New password once more', rule: 'At least 10 characters, without the user name; a long sentence is better than a hard word.', save: 'Change password',
      done: 'The password is changed. Other sign-ins have ended.', different: 'The two new passwords differ.', needed: 'Fill this in.', show: 'Show passwords', mustChange: 'You still use the first password; choose your own.',
    },
    help: {
      about: 'Version, keys, interfaces and technical words.', version: 'Version', server: 'Service {version} · PostgreSQL {database} · PostGIS {postgis}', layers: '{n} layers', doors: 'Interfaces', doc: 'Interface description', ogc: 'Entrance for QGIS, GDAL and others',
      problems: 'What each problem means', glossary: 'Technical words', keys: 'Keyboard', word: 'Word', meaning: 'Meaning', install: 'Install', installHint: 'A window of its own on the desktop; the data always come from the server.', installed: 'Runs as a program of its own.',
      cannotInstall: 'This browser offers no installing, or it is installed already. In Edge and Chrome the sign is at the right of the address; it needs https or this machine’s own address.',
    },
    clock: {
      title: 'The clock of this computer is wrong', fast: 'The clock of this computer is {by} fast. By the server it is {time}.', slow: 'The clock of this computer is {by} slow. By the server it is {time}.',
      hint: 'Set the computer’s clock.', minutes: '{n} minute | {n} minutes', hours: '{n} hour | {n} hours', days: '{n} day | {n} days', close: 'Understood',
    },
    update: { ready: 'A new version is ready.', now: 'Use it', later: 'Later', hint: 'The page opens again; unsaved drafts are kept.' },
  },
  keysIn: { everywhere: 'Everywhere', tab: 'Next, previous' },
  bureau: {
    emergency: 'Emergency management bureau', natural_resources: 'Natural resources bureau', water: 'Water bureau', forestry: 'Forestry bureau', transport: 'Transport bureau', housing: 'Housing and construction bureau', education: 'Education and science bureau',
    health: 'Health bureau', culture: 'Culture and tourism bureau', civil_affairs: 'Civil affairs bureau', energy: 'Energy bureau', weather: 'Weather bureau',
  },
  township: {
    rows: '({n} rows)',
    facts: 'Facts', light: 'Switch on or off on the map', layer: 'Layer',
    choose: 'Township', choosing: 'Choose a township', none: 'No townships yet', noneHint: 'Once a county pack is loaded its townships are listed here.', unknown: 'There is no township {code}', unknownHint: 'Choose one above; codes change at times.',
    show: 'Show on the map', all: '{n} in all', people: '{n} people', danger: 'Danger points', help: 'Forces and places', people2: 'People to look after', work: 'Data to work on', changes: 'Latest changes', noChanges: 'No change in {days} days', reading: 'Counting…', failed: 'Could not be counted',
    pending: 'To verify', incomplete: 'Lacks needed facts', noWork: 'Nothing to verify or complete', openList: 'List', mine: 'My township', exercise: '{n} exercise', by: '{by} · {age}', zero: 'None', desk: 'Duty desk', seat: 'Seat', callDesk: 'Call the duty desk, {phone}',
    insert: 'Created', update: 'Changed', delete: 'Deleted', residents: '{n} residents', highlighted: 'Only this township is bright on the map', allDangers: 'All danger points', grade: 'Not graded',
  },
}
