/** A part of the console that is fetched when it is first opened, and says so in words when it cannot be. */
import { defineAsyncComponent, defineComponent, h, type Component } from 'vue'
import { useI18n } from 'vue-i18n'

const Gone = defineComponent({
  setup() {
    const { t } = useI18n()
    return () => h('div', { class: 'state-note', role: 'alert' }, [
      h('strong', t('error.unreachable')), h('p', t('error.unreachableHint')),
      h('button', { type: 'button', class: 'plain-button', onClick: () => window.location.reload() }, t('error.retry')),
    ])
  },
})

export const fetched = (loader: () => Promise<{ default: Component }>): Component => defineAsyncComponent({ loader, errorComponent: Gone })
