/** Why something did not work, in the reader's language. */
import { Problem } from '@/api/client'
import type { Locale } from '@/state/model'

export const problemWords = (error: unknown, locale: Locale, unreachable: string): string =>
  error instanceof Problem ? (locale === 'en' ? error.en : error.zh) : unreachable
