import type zh from '../zh-CN/standing'

const en: typeof zh = {
  standing: {
    title: 'Standing', begin: 'Keep watching…', beginNow: 'Start', name: 'Name', help: 'Runs again by itself when teams, roads or closed areas change; what becomes worse is an alarm on every screen until duty or command takes note.',
    none: 'Nothing is watched yet. Open a coverage answer and press “Keep watching…”.', alarm: 'Alarm', calm: 'Calm', failed: 'No answer', waiting: 'Waiting for the first run', running: 'running again',
    checked: 'data {age}', found: '{n} now, {known} of them noted', since: 'since {time}', worse: '{n} worse', better: '{n} well again', people: '{n} people',
    accept: 'Noted', accepted: 'noted by {name}, {time}', view: 'Look', end: 'Stop watching', endSure: 'Yes, stop', keep: 'Go on', newer: 'The data have changed; there is a newer answer.', openNewer: 'See it',
    age: 'began {age}', others: '{n} other alarm | {n} other alarms', 
    chip: '{n} alarm | {n} alarms', chipHint: 'Open what is watched', more: 'and more, {n} in all', later: 'Put away for now', record: 'Record', unread: 'The state could not be read; it may be old.',
    overdue: 'Not running', overdueHint: 'It has not run in time; what is shown may be old. Tell the administrator.', asleep: '{n} not watched | {n} not watched',
    event: { begun: 'begun', alarm: 'worse', better: 'well again', accepted: 'noted', failed: 'no answer', works: 'works again', ended: 'stopped' },
  },
}
export default en
