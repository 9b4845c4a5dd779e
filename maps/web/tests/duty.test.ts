import { describe, expect, it } from 'vitest'
import { dutyChain } from '@/state/duty'
import type { FieldInfo, LayerForm } from '@/state/model'

const field = (name: string, zh: string, codes: FieldInfo['codes'] = []): FieldInfo =>
  ({ name, zh, en: name, unit: null, kind: 'text', needed: false, restricted: name.endsWith('phone'), codes })
const form: LayerForm = {
  layer: 'mines', help: { zh: '', en: '' }, shapes: [],
  groups: [
    { name: 'own', zh: '', en: '', fields: [
      field('manager', '矿长'), field('manager_phone', '矿长电话'), field('dispatch_phone', '调度电话(24小时)'),
      field('leader_guarantor', '包保县领导'), field('leader_phone', '包保县领导电话'),
    ] },
    { name: 'duty', zh: '', en: '', fields: [
      field('duty_person', '责任人'), field('duty_post', '职务'), field('duty_phone', '责任人电话'),
      field('backup_person', 'B角'), field('backup_phone', 'B角电话'),
    ] },
  ],
}
const chain = (properties: Record<string, string | null>): string[] =>
  dutyChain(form, properties).map(({ label, person, post, phone }) => [label.zh, person, post, phone].join('|'))

describe('the chain of people', () => {
  it('begins with the responsible person, then the deputy, then the others in the order of the form', () => {
    expect(chain({
      manager: '矿长01', manager_phone: '0357-1', duty_person: '责任人01', duty_post: '主任', duty_phone: '0357-2',
      backup_person: '副责任人01', backup_phone: '0357-3', leader_guarantor: '县领导01', leader_phone: '0357-4',
    })).toEqual(['责任人|责任人01|主任|0357-2', 'B角|副责任人01||0357-3', '矿长|矿长01||0357-1', '包保县领导|县领导01||0357-4'])
  })

  it('names a desk that answers without a person', () => {
    expect(chain({ dispatch_phone: '0357-9' })).toEqual(['调度(24小时)|||0357-9'])
  })

  it('shows people without phones to those who may not see phones', () => {
    expect(chain({ manager: '矿长01' })).toEqual(['矿长|矿长01||'])
  })

  it('is empty where nobody is named', () => {
    expect(chain({ manager: null, duty_phone: '' })).toEqual([])
  })
})
