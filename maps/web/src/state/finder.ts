/** Whether the search is open: the top bar's button, the keys and the palette itself agree on it. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

export const useFinder = defineStore('finder', () => ({ isOpen: ref(false) }))
