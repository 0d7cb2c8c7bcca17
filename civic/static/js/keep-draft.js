// keep-draft.js: what is typed into a comment form stays in this browser until the server has it. `for` names the form.
const DRAFT = "civic:draft:"
const DRAFT_DAYS = 30

// Storage may be closed or full, or hold what somebody else wrote: then the page alone has the words.
const draft = {
  read(key) {
    try {
      const kept = JSON.parse(localStorage.getItem(key))
      return Date.now() - kept.at < DRAFT_DAYS * 86_400_000 ? kept.text : null
    } catch {
      return null
    }
  },
  write(key, text) {
    try {
      text === null ? localStorage.removeItem(key) : localStorage.setItem(key, JSON.stringify({ text, at: Date.now() }))
    } catch {}
  },
}

class KeepDraft extends HTMLElement {
  connectedCallback() {
    this.key = DRAFT + this.getAttribute("for")
    this.field = this.querySelector("textarea")
    const typed = this.hasAttribute("typed")   // the server sends back what was typed: nothing here is newer
    this.isOwn = typed
    this.empty = typed ? "" : this.field.defaultValue
    const note = this.querySelector("[data-restored]")
    const text = draft.read(this.key)
    if (typed) this.keep()
    else if (text !== null && text !== this.empty && this.field.value === this.empty) {
      this.field.value = text
      note.hidden = false
    }
    this.field.addEventListener("input", () => {
      this.isOwn = true
      this.keep()
    })
    note.addEventListener("click", (event) => {
      if (event.target.type !== "button") return
      this.field.value = this.empty
      this.keep()
      note.hidden = true
      this.field.focus()
    })
    addEventListener("storage", this)
  }

  disconnectedCallback() {
    removeEventListener("storage", this)
  }

  keep() {
    const text = this.field.value
    draft.write(this.key, text.trim() && text !== this.empty ? text : null)
  }

  // Another tab typed, sent or forgot. A field in which nobody has typed follows it.
  handleEvent({ key, newValue }) {
    if (key === this.key && !this.isOwn) this.field.value = JSON.parse(newValue)?.text ?? this.empty
  }
}
customElements.define("keep-draft", KeepDraft)

// On the writer's own page of a comment: these words have arrived. Only a draft that says the same goes.
class DraftKept extends HTMLElement {
  connectedCallback() {
    const bare = (text) => text?.replace(/[\s\p{C}]+/gu, "")
    for (const place of this.getAttribute("for").split(" ")) {
      if (bare(draft.read(DRAFT + place)) === bare(this.getAttribute("text"))) draft.write(DRAFT + place, null)
    }
  }
}
customElements.define("draft-kept", DraftKept)

try {
  for (const key of Object.keys(localStorage)) if (key.startsWith(DRAFT) && draft.read(key) === null) draft.write(key, null)
} catch {}
