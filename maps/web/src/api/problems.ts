/** What the server refuses, in the two languages it says it in (RFC 9457). */
export interface FieldError {
  readonly field: string
  readonly zh: string
  readonly en: string
}

export class Problem extends Error {
  readonly status: number
  readonly slug: string
  readonly zh: string
  readonly en: string
  readonly titleZh: string
  readonly titleEn: string
  readonly errors: readonly FieldError[]
  /** Seconds until the same request may be tried again; null when waiting changes nothing. */
  readonly retryAfterS: number | null

  constructor(status: number, document: Record<string, unknown>, retryAfterS: number | null = null) {
    const text = (key: string): string => (typeof document[key] === 'string' ? document[key] : '')
    super(text('detail') || text('title') || `HTTP ${status}`)
    this.status = status
    this.slug = text('type').replace('/problems/', '')
    this.zh = text('detail_zh') || text('title_zh') || text('detail') || `服务器回答 ${status}`
    this.en = text('detail') || text('title') || `The server answered ${status}`
    this.titleZh = text('title_zh') || '无法完成'
    this.titleEn = text('title') || 'Cannot be done'
    this.errors = Array.isArray(document.errors) ? (document.errors as FieldError[]) : []
    this.retryAfterS = retryAfterS
  }
}

/** The server did not answer at all: no network, server stopped, or too slow. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('The server did not answer', { cause })
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  const wait = Number(response.headers.get('Retry-After') ?? Number.NaN)
  const document: unknown = await response.json().catch(() => ({}))
  const facts = document !== null && typeof document === 'object' ? (document as Record<string, unknown>) : {}
  return new Problem(response.status, facts, Number.isFinite(wait) ? wait : null)
}
