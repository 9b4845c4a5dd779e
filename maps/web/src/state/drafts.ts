/** Changes not yet saved, kept in this browser (IndexedDB) so that a reload, a crash or a dead server loses none. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { Content, Stored } from './editContent'

/** A save on its way: sent again with the same key until the server has answered it. */
export interface Sent {
  readonly key: string
  readonly content: Content
}

export interface Draft {
  /** user/layer/id, or user/layer/new. */
  readonly key: string
  readonly username: string
  readonly layer: string
  /** What the change was begun on; null: a new feature. */
  readonly before: Stored | null
  readonly mine: Content
  readonly sent: Sent | null
  /** When it was last changed, ms since 1970 by the server's clock. */
  readonly keptAt: number
}

export type KeepFault = 'full' | 'off'

const DATABASE = 'anlan.drafts'
const STORE = 'drafts'

export const draftKey = (username: string, layer: string, id: string | null): string => `${username}/${layer}/${id ?? 'new'}`

function opened(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(DATABASE, 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: 'key' })
    asked.onsuccess = () => done(asked.result)
    asked.onerror = () => failed(asked.error)
  })
}

/** Run one request and wait until its transaction is on disk. */
async function stored<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened()
  try {
    return await new Promise<T>((done, failed) => {
      const transaction = database.transaction(STORE, mode)
      const asked = act(transaction.objectStore(STORE))
      transaction.oncomplete = () => done(asked.result)
      transaction.onabort = () => failed(transaction.error ?? asked.error)
      transaction.onerror = () => failed(transaction.error ?? asked.error)
    })
  } finally {
    database.close()
  }
}

const faultOf = (error: unknown): KeepFault =>
  (error instanceof DOMException && error.name === 'QuotaExceededError' ? 'full' : 'off')

export const useDrafts = defineStore('drafts', () => {
  /** Of the person signed in, newest first, without the one being edited. */
  const mine = shallowRef<readonly Draft[]>([])
  /** Why changes are not being kept; null: they are. */
  const fault = ref<KeepFault | null>(null)

  async function read(username: string): Promise<void> {
    try {
      const all = await stored<Draft[]>('readonly', (store) => store.getAll() as IDBRequest<Draft[]>)
      mine.value = all.filter((one) => one.username === username).sort((a, b) => b.keptAt - a.keptAt)
    } catch (error) {
      fault.value = faultOf(error)
    }
  }

  /** True once it is kept. */
  async function keep(draft: Draft): Promise<boolean> {
    try {
      await stored('readwrite', (store) => store.put(draft))
      fault.value = null
      return true
    } catch (error) {
      fault.value = faultOf(error)
      return false
    }
  }

  async function drop(key: string): Promise<void> {
    mine.value = mine.value.filter((one) => one.key !== key)
    try {
      await stored('readwrite', (store) => store.delete(key))
    } catch (error) {
      fault.value = faultOf(error)
    }
  }

  return { mine, fault, read, keep, drop }
})
