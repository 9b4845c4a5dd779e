import type zh from '../zh-CN/edit'

const en: typeof zh = {
  edit: {
    title: 'Edit', tools: 'Editing tools', edit: 'Edit', delete: 'Delete', new: 'New', newWhat: 'What to create', newOf: 'New: {layer}', must: 'Required', restricted: 'Restricted', none: 'Not given',
    need: { R: 'To verify', r: 'Advised' }, needHint: { R: 'Needed before it is verified and published', r: 'Fill in where you can' },
    yes: 'Yes', no: 'No', changed: 'Changed', onePerLine: 'One a line', codeOf: 'Code out of: {layer}', asks: 'Please check: {question}?',
    breach: {
      required: 'Must not be empty', number: 'Must be a number', low: 'Too small, see the rule', high: 'Too large, see the rule', short: 'Too short', long: 'Too long: at most {max_length} characters', form: 'Not of the form the rule asks for', rows: 'Some rows are wrong',
    },
    place: 'Place', lon: 'Longitude', lat: 'Latitude', pickPlace: 'Click the place on the map, or type it (CGCS2000).', drawShape: 'Click it out on the map; double click or Enter ends.',
    movePoint: 'Drag the circle on the map, or move it with the arrow keys.', reshape: '{n} vertices. Drag a vertex; drag a midpoint to add one; zoom in to see more.',
    vertexHandle: 'Vertex: drag, arrow keys move, Delete removes', midpointHandle: 'Midpoint: drag or Enter adds a vertex', pointHandle: 'Place: drag, arrow keys move',
    save: 'Save', saving: 'Saving…', again: 'Save again', close: 'Close', cancel: 'Cancel', ok: 'OK', discard: 'Discard', discardSure: 'Discarded changes cannot be brought back.', discardYes: 'Discard them',
    putAway: 'Close, keep changes as a draft', unchanged: 'Nothing changed', kept: 'Kept on this computer, not yet saved to the server', keeping: 'Keeping…',
    waiting: 'The server does not answer. Changes are kept on this computer and saved when it is back.',
    keepFault: { full: 'Storage of this computer is full: the draft cannot be kept. Save now, or free some space.', off: 'This browser keeps no drafts (private window). Save before you close the page.' },
    faults: '{n} to correct', notOpened: 'Not opened', unreachable: 'The server does not answer; try again later.', exercise: '[EXERCISE] This is exercise data',
    gone: 'Somebody has deleted this object', goneHint: 'Your changes are still here; they can be saved as a new object.', asNew: 'Save as a new object',
    saved: '“{name}” saved, version {n}', stillMissing: '{n} more needed before it is verified',
    drafts: 'Changes not yet saved', goOn: 'Go on',
    deleteAsk: 'Delete “{name}”', deleteReason: 'Reason', deleteHint: 'The reason goes into the note and the history; deleting can be undone.', deleteYes: 'Delete', deletedBecause: 'Deleted because: {reason}',
    deleted: '“{name}” deleted', bringBack: 'Bring back',
    keys: { undo: 'Undo, redo', save: 'Save', finish: 'End drawing, take one back', vertex: 'Move or remove the vertex in focus', back: 'One step back; closing keeps a draft' },
    undo: 'Undo', redo: 'Redo', snap: 'Snap', snapHint: 'Snap to near vertices and edges (from zoom 12)', removeVertex: 'Remove vertex', split: 'Split', merge: 'Merge', finish: 'Done',
    savedFirst: 'Save other changes before splitting or merging',
    hint: {
      point: 'Click the map to set the place', draw: 'Click vertex by vertex; double click or Enter ends; Ctrl+Z goes back one', shape: 'Click a vertex to be able to remove it', split: 'Draw a line across it; double click or Enter ends', merge: 'Click the areas to merge into it',
    },
    trouble: {
      fewest: 'Too few vertices for a shape', noCut: 'The line does not cut it in two: draw from one side to the other', notWhole: 'Merged it would be several areas; this layer takes single ones', unreachable: 'The server does not answer; try again later',
    },
    cutInto: 'Cut into {n}', pieceStays: 'Piece {n} stays this object', pieceNew: 'Piece {n}, new object', code: 'Code', name: 'Name', cutYes: 'Split', cutHint: 'All other facts are the same in each piece; change them afterwards.',
    areaOf: '{n} m² ({mu} mu)', lengthOf: '{n} m',
    mergePick: 'Click areas of the same layer on the map.', mergeKeep: 'Whose facts stay? The others are deleted; their history stays.', mergeYes: 'Merge {n}', mergeNoRight: 'You may not change all of these.',
    rows: {
      count: '{n} rows', new: 'New row', add: 'Add to: {what}', up: 'Move up {row}', down: 'Move down {row}', remove: 'Remove {row}', upShort: 'Move up', downShort: 'Move down', removeShort: 'Remove', full: '{n} rows at most',
      key: { required: '{key} must not be empty', twice: '{key} is that of a row above', long: '{key} is too long: at most 64 characters' },
    },
    secondShapes: 'Other shapes', notDrawn: 'Not drawn', vertices: '{n} vertices', shapeDraw: 'Draw on the map', shapeChange: 'Reshape', shapeAnew: 'Draw anew', shapeRemove: 'Remove', shapeDone: 'Done', shapeOf: 'Drawing: {shape}',
    held: 'Not closed: no draft can be kept, closing would lose the changes. Save them, or discard them.', unitBy: 'Choose first: {field}',
    carry: { first: 'Stays with piece 1', cut: 'Cut by the same line, each piece its part', all: 'Each piece gets it', join: 'Put together', keeper: 'Only the keeper’s; that of {n} more is deleted with them, history keeps it' },
    conflict: 'Somebody was faster.', conflictBy: '{by} saved version {n} at {time}. Choose for each.', was: 'Before', mine: 'Mine', theirs: 'Theirs',
    onMapBefore: 'short grey dashes on the map', onMapMine: 'full coloured line on the map', onMapTheirs: 'long dark dashes on the map', onlyTheirs: 'Changed by them only (taken)', onlyMine: 'Changed by me only (taken)',
    chooseLeft: '{n} left to choose', saveOn: 'Save on version {n}', takeTheirs: 'Give up my changes',
  },
}

export default en
