/** Whether a key belongs to a field being typed in, not to the map. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName))
  && !['checkbox', 'radio', 'range'].includes((target as HTMLInputElement).type)
