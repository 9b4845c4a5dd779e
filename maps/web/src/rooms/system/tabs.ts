/** The pages of the system room, in their order, and who may open them. */
import type { Component } from 'vue'
import { fetched } from '../loading'

export interface Tab {
  /** Part of the address, and key of its words: `system.tab.<name>`. */
  readonly name: string
  readonly isAdmins: boolean
  readonly page: Component
}

export const TABS: readonly Tab[] = [
  { name: 'users', isAdmins: true, page: fetched(() => import('./UsersTab.vue')) },
  { name: 'sign-ins', isAdmins: true, page: fetched(() => import('./SignInsTab.vue')) },
  { name: 'layers', isAdmins: false, page: fetched(() => import('./HealthTab.vue')) },
  { name: 'packs', isAdmins: false, page: fetched(() => import('./PacksTab.vue')) },
  { name: 'thresholds', isAdmins: false, page: fetched(() => import('./ThresholdsTab.vue')) },
  { name: 'audit', isAdmins: true, page: fetched(() => import('./AuditTab.vue')) },
  { name: 'state', isAdmins: true, page: fetched(() => import('./StateTab.vue')) },
  { name: 'account', isAdmins: false, page: fetched(() => import('./AccountTab.vue')) },
  { name: 'help', isAdmins: false, page: fetched(() => import('./HelpTab.vue')) },
]

export const tabsFor = (role: string): readonly Tab[] => TABS.filter((tab) => !tab.isAdmins || role === 'admin')
