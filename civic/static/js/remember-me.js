// remember-me.js: name, e-mail and website of a guest, kept in this browser when asked to and forgotten when not. Whoever
// has ticked here that the house rules are read is not asked again, either: the form is the same for everybody.
const KEY = "civic:guest"
const FIELDS = ["name", "email", "website"]

const kept = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null")
  } catch {
    return null   // storage is closed, or somebody else wrote there
  }
}

class RememberMe extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form")
    const { remember, rules } = form?.elements ?? {}
    if (!remember) return
    const guest = kept()
    if (guest) {
      for (const name of FIELDS) form.elements[name].value ||= guest[name] ?? ""
      remember.checked = true
      if (guest.rules && rules) {
        rules.checked = true
        rules.closest(".field").hidden = true
      }
    }
    remember.addEventListener("change", () => remember.checked || localStorage.removeItem(KEY))
    form.addEventListener("submit", () => {
      if (!remember.checked) return
      const typed = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]))
      localStorage.setItem(KEY, JSON.stringify({ ...typed, rules: rules?.checked ?? true }))
    })
  }
}
customElements.define("remember-me", RememberMe)
