/** Every key of the console by room, for the list under `?` and the help page. */
export interface Key {
  /** Pressed one or the other, or together when written with a space. */
  readonly keys: readonly string[]
  /** Key of the words that say what it does. */
  readonly does: string
}

export interface KeyGroup {
  /** Key of the words for where these keys work. */
  readonly where: string
  readonly keys: readonly Key[]
}

export const KEY_MAP: readonly KeyGroup[] = [
  {
    where: 'keysIn.everywhere',
    keys: [
      { keys: ['/', 'Ctrl K'], does: 'search.title' },
      { keys: ['?'], does: 'keys.help' },
      { keys: ['Esc'], does: 'keys.escape' },
      { keys: ['Tab', '⇧ Tab'], does: 'keysIn.tab' },
    ],
  },
  {
    where: 'room.map',
    keys: [
      { keys: ['←', '↑', '↓', '→'], does: 'keys.arrows' },
      { keys: ['+', '−'], does: 'keys.zoom' },
      { keys: ['0'], does: 'keys.fit' },
      { keys: ['F'], does: 'keys.filter' },
      { keys: ['['], does: 'keys.panel' },
      { keys: ['L', 'A', 'P'], does: 'toolKeys.tools' },
      { keys: ['B', 'O', 'G', 'T'], does: 'toolKeys.select' },
      { keys: ['Enter', '⌫'], does: 'toolKeys.edit' },
      { keys: ['M'], does: 'toolKeys.base' },
      { keys: ['C'], does: 'toolKeys.copy' },
    ],
  },
  {
    where: 'edit.title',
    keys: [
      { keys: ['Ctrl Z', 'Ctrl ⇧ Z'], does: 'edit.keys.undo' },
      { keys: ['Ctrl S'], does: 'edit.keys.save' },
      { keys: ['Enter', '⌫'], does: 'edit.keys.finish' },
      { keys: ['←', '↑', '↓', '→', 'Delete'], does: 'edit.keys.vertex' },
      { keys: ['Esc'], does: 'edit.keys.back' },
    ],
  },
  {
    where: 'room.data',
    keys: [
      { keys: ['↑', '↓', 'Home', 'End'], does: 'data.keys.move' },
      { keys: ['Space'], does: 'data.keys.select' },
      { keys: ['⇧ ↑', '⇧ ↓'], does: 'data.keys.range' },
      { keys: ['Ctrl A'], does: 'data.keys.all' },
      { keys: ['Enter'], does: 'data.keys.open' },
      { keys: ['Esc'], does: 'data.keys.leave' },
    ],
  },
]
