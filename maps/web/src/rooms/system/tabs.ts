/** The pages of the system room, in their order, and who may open them. */
import { defineAsyncComponent, type Component } from 'vue'

export interface Tab {
  /** Part of the address, and key of its words: `system.tab.<name>`. */
  readonly name: string
  readonly isAdmins: boolean
  readonly page: Component
}

export const TABS: readonly Tab[] = [
  { name: 'users', isAdmins: true, page: defineAsyncComponent(() => import('./UsersTab.vue')) },
  { name: 'sign-ins', isAdmins: true, page: defineAsyncComponent(() => import('./SignInsTab.vue')) },
  { name: 'layers', isAdmins: false, page: defineAsyncComponent(() => import('./HealthTab.vue')) },
  { name: 'packs', isAdmins: false, page: defineAsyncComponent(() => import('./PacksTab.vue')) },
  { name: 'thresholds', isAdmins: false, page: defineAsyncComponent(() => import('./ThresholdsTab.vue')) },
  { name: 'audit', isAdmins: true, page: defineAsyncComponent(() => import('./AuditTab.vue')) },
  { name: 'state', isAdmins: true, page: defineAsyncComponent(() => import('./StateTab.vue')) },
  { name: 'account', isAdmins: false, page: defineAsyncComponent(() => import('./AccountTab.vue')) },
  { name: 'help', isAdmins: false, page: defineAsyncComponent(() => import('./HelpTab.vue')) },
]

export const tabsFor = (role: string): readonly Tab[] => TABS.filter((tab) => !tab.isAdmins || role === 'admin')
