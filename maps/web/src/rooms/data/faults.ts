/** What went wrong, in one sentence of the reader's language. */
import { Problem, Unreachable } from '@/api/client'
import { i18n } from '@/i18n'
import type { Locale } from '@/state/model'

export function problemWords(error: unknown, locale: Locale): string {
  if (error instanceof Problem) {
    const single = error.errors.map((one) => (locale === 'en' ? one.en : one.zh)).join(locale === 'en' ? '; ' : ';')
    return [locale === 'en' ? error.en : error.zh, single].filter(Boolean).join(locale === 'en' ? ' ' : '')
  }
  if (error instanceof Unreachable) return i18n.global.t('error.unreachable')
  return i18n.global.t('error.unknown')
}
