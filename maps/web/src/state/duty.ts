/** Who answers for an object, in order: read from the form, where each person's field stands beside a field for the phone. */
import type { FieldInfo, LayerForm, Named, Value } from './model'
import { isEmpty } from './words'

export interface Duty {
  /** What the person is: 责任人, B角, 监测人 … */
  readonly label: Named
  readonly person: string | null
  readonly post: string | null
  /** null: none given, or not for this reader to see. */
  readonly phone: string | null
  /** The fields said here, so that no list of facts says them again. */
  readonly fields: readonly string[]
}

const PHONE = /^(.*_)?phone$/
/** Who is meant by a field called just `phone`. */
const WHOSE_PHONE = 'head'
const PHONE_WORDS = { zh: /电话/, en: /['’]s phone|'s number| phone/i }

const textOf = (value: Value | undefined): string | null => (value === undefined || isEmpty(value) ? null : String(value))

/** The field of the person whose phone `phone` is: `x_person`, `x`, or the only free text that begins with `x_`. */
function personField(phone: FieldInfo, texts: readonly FieldInfo[]): FieldInfo | null {
  const base = phone.name === 'phone' ? WHOSE_PHONE : phone.name.slice(0, -'_phone'.length)
  const named = (name: string): FieldInfo | undefined => texts.find((field) => field.name === name)
  return named(`${base}_person`) ?? named(base) ?? texts.find((field) => field.name.startsWith(`${base}_`) && field.name !== `${base}_post`) ?? null
}

const labelOf = (phone: FieldInfo): Named => ({
  zh: phone.zh.replace(PHONE_WORDS.zh, ''), en: phone.en.replace(PHONE_WORDS.en, ''),
})

/** The chain of an object, the responsible person and the deputy first; people and phones not given are left out. */
export function dutyChain(form: LayerForm, properties: Readonly<Record<string, Value>>): Duty[] {
  const inOrder = [...form.groups].sort((a, b) => Number(b.name === 'duty') - Number(a.name === 'duty')).flatMap((group) => group.fields)
  const texts = inOrder.filter((field) => field.kind === 'text' && field.codes.length === 0 && !PHONE.test(field.name))
  return inOrder.filter((field) => PHONE.test(field.name)).map((phone): Duty => {
    const who = personField(phone, texts)
    const post = texts.find((field) => field.name === `${phone.name.slice(0, -'_phone'.length)}_post`)
    return {
      label: who ?? labelOf(phone),
      person: who ? textOf(properties[who.name]) : null,
      post: post ? textOf(properties[post.name]) : null,
      phone: textOf(properties[phone.name]),
      fields: [who?.name, post?.name, phone.name].filter((name) => name !== undefined),
    }
  }).filter((duty) => duty.person !== null || duty.phone !== null)
}
