// forget-here.js: says what scripts keep in this browser, and clears it when the form is sent. `only` names a part of it.
class ForgetHere extends HTMLElement {
  connectedCallback() {
    for (const cell of this.querySelectorAll("[data-kept]")) {
      if (!this.keys(cell.dataset.kept).length) cell.textContent = cell.dataset.none
    }
    this.addEventListener("submit", () => {
      for (const key of this.keys(this.getAttribute("only") ?? "civic:")) localStorage.removeItem(key)
    })
  }

  keys(beginning) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(beginning))
    } catch {
      return []   // storage is closed: nothing is kept
    }
  }
}
customElements.define("forget-here", ForgetHere)
